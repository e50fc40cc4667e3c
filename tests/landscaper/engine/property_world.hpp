// What really exists in a play of random orders, and the rules nobody may break: a world that only remembers
// what providers did to it, the state file and the journal.
#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "landscaper/engine/judge.hpp"
#include "landscaper/engine/scheduler.hpp"
#include "members.hpp"

namespace landscaper::engine {

// The kind of a resource is the same in all graphs: r0, r3, r6, r9 are things that their number identifies,
// so that a replacement can stand beside what it replaces; every fourth may not be sent twice.
inline unsigned number_of(const path& at) {
    return static_cast<unsigned>(std::stoul(at.name().substr(1)));
}
inline bool stands_beside(const path& at) {
    return number_of(at) % 3 == 0;
}
inline bool may_be_sent_twice(const path& at) {
    return number_of(at) % 4 != 1;
}

inline nlohmann::json outputs_for(const value& inputs) {
    return {{"out", inputs.digest().substr(0, 8)}};
}

struct world {
    struct thing {
        value inputs;
        nlohmann::json outputs;
    };
    using key = std::pair<path, std::string>;

    std::map<key, thing> things;
    std::map<path, resource_entry> state;  // the state file
    std::map<path, interrupted> journal;   // begun and not ended
    std::set<path> seen_gone;
    std::uint64_t effects = 0;

    static key key_of(const path& at, const value& inputs) {
        return {at, stands_beside(at) ? inputs->value("number", nlohmann::json()).dump() : ""};
    }
    bool is_recorded(const key& at) const {
        auto found = state.find(at.first);
        if (found == state.end()) return false;
        if (key_of(at.first, found->second.inputs) == at) return true;
        for (const auto& old : deposed_in(found->second)) {
            if (key_of(at.first, old.inputs) == at) return true;
        }
        return false;
    }

    // What a provider does.
    void effect(const start& s) {
        if (s.op == operation::read) return;
        ++effects;
        if (s.op == operation::destroy || s.op == operation::remove_old) {
            things.erase(key_of(s.at, s.previous->inputs));
        } else {
            things[key_of(s.at, s.inputs)] = {s.inputs, outputs_for(s.inputs)};
        }
    }

    // What a person does before saying `retry`: what is there becomes what is recorded.
    void clean(const path& at) {
        std::erase_if(things,
                      [&](const auto& one) { return one.first.first == at && !is_recorded(one.first); });
        auto found = state.find(at);
        if (found != state.end()) {
            things[key_of(at, found->second.inputs)] = {found->second.inputs, found->second.outputs.json()};
        }
        journal.erase(at);
    }

    // What a provider that sees every input says of it.
    static value seen(const thing& there, const value& asked) {
        auto out = there.inputs.json();
        for (const auto& [name, any] : asked->items()) {
            if (!out.contains(name)) out[name] = nullptr;
        }
        return value(std::move(out));
    }

    looked look(const path& at) {
        const auto& entry = state.at(at);
        auto found = things.find(key_of(at, entry.inputs));
        if (found == things.end()) {
            seen_gone.insert(at);
            return {at, false, {}};
        }
        return {at, true, seen(found->second, entry.inputs)};
    }

    // Nothing that was done is unknown: it is recorded, or the journal says that it may exist.
    void check_nothing_is_forgotten() const {
        for (const auto& [at, thing] : things) REQUIRE((is_recorded(at) || journal.contains(at.first)));
    }

    // What the declared members must have made, computed without the engine, and nothing beside it.
    void check_is(const graph& declared) const {
        for (const auto& at : declared.order()) {
            nlohmann::json inputs = nlohmann::json::object();
            for (const auto& [name, given] : declared.find(at)->inputs) {
                if (given.holes.empty()) {
                    inputs[name] = given.literal.json();
                    continue;
                }
                const auto& from = given.holes[0].from.resource;
                inputs[name] = things.at(key_of(from, state.at(from).inputs)).outputs["out"];
            }
            auto found = things.find(key_of(at, value(inputs)));
            REQUIRE(found != things.end());
            REQUIRE(found->second.inputs.text() == value(inputs).text());
        }
        REQUIRE(things.size() == declared.members().size());
        for (const auto& [at, entry] : state) REQUIRE(declared.contains(at));
    }
};

// Up to 12 resources, each needing some of the ones before it.
inline std::shared_ptr<const graph> random_graph(std::mt19937_64& random) {
    std::vector<member> members;
    auto count = random() % 12;
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 6 == 0) continue;
        std::vector<std::string> needs;
        for (const auto& m : members) {
            if (random() % 4 == 0) needs.push_back(m.at.text());
        }
        auto m = resource("r" + std::to_string(i), needs, static_cast<int>(random() % 3));
        m.policy.retries = static_cast<unsigned>(random() % 3);
        m.policy.create_is_idempotent = may_be_sent_twice(m.at);
        m.policy.is_readable = random() % 3 == 0;
        m.policy.repairs = random() % 3 == 0;
        if (random() % 3 == 0) m.policy.silence = std::chrono::seconds(10);
        m.imports = random() % 6 == 0;
        // Recorded beside what is there, and changes nothing.
        if (random() % 4 == 0) m.sensitive = {"number"};
        m.creates_before_destroying = stands_beside(m.at);
        if (stands_beside(m.at) || random() % 5 == 0) m.replace_on = {"number"};
        members.push_back(std::move(m));
    }
    return std::make_shared<const graph>(graph::build(std::move(members)).value());
}

}  // namespace landscaper::engine
