// A scheduler with a clock of its own, for conversations: declare, expect starts, answer them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "landscaper/engine/scheduler.hpp"
#include "members.hpp"

namespace landscaper::engine {

struct play {
    explicit play(std::map<path, resource_entry> state = {}, limits allowed = {})
        : s(std::move(state), allowed) {}

    void on(const event& what) {
        for (auto& a : s.on(what, now)) {
            if (auto* one = std::get_if<start>(&a)) starts.push_back(*one);
            if (auto* one = std::get_if<record>(&a)) records.push_back(*one);
            if (auto* one = std::get_if<cancel>(&a)) cancels.push_back(one->run);
        }
    }
    void declare(std::vector<member> members) {
        on(declared{std::make_shared<const graph>(graph::build(std::move(members)).value())});
    }
    void after(duration passed) {
        now += passed;
        on(tick{});
    }

    // The start of this resource, which must be there.
    start started(const char* name) {
        auto found =
            std::find_if(starts.begin(), starts.end(), [&](const start& one) { return one.at == at(name); });
        REQUIRE_MESSAGE(found != starts.end(), name);
        auto out = *found;
        starts.erase(found);
        return out;
    }
    void works(const char* name, nlohmann::json out = "done") { works(started(name), std::move(out)); }
    void works(const start& one, nlohmann::json out = "done") {
        on(succeeded{one.run, value(nlohmann::json{{"out", std::move(out)}})});
        if (one.is_stateful) write();
    }
    void fails(const char* name, bool is_retryable = false) {
        on(failed{started(name).run, "no luck", is_retryable, false});
    }
    // Records the oldest result.
    record write() {
        REQUIRE(!records.empty());
        auto one = records.front();
        records.erase(records.begin());
        on(recorded{one.run});
        return one;
    }
    resource_status status(const char* name) const { return s.view(at(name)).value().status; }
    std::string sentence(const char* name) const { return s.view(at(name)).value().sentence; }
    // Everything that is to start, by name.
    std::string starting() const {
        std::string out;
        for (const auto& one : starts) out += (out.empty() ? "" : " ") + one.at.text();
        return out;
    }

    time_point now = time_point{} + std::chrono::hours(1);
    scheduler s;
    std::vector<start> starts;
    std::vector<record> records;
    std::vector<std::uint64_t> cancels;
};

// What a run recorded, for the next one.
inline resource_entry recorded_as(const member& m, nlohmann::json inputs, nlohmann::json out = "done") {
    return {m.type, value(std::move(inputs)), value(nlohmann::json{{"out", std::move(out)}}), {}};
}

}  // namespace landscaper::engine
