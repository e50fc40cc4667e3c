#include "landscaper/engine/plan.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/sha256.hpp"
#include "landscaper/engine/judge.hpp"

namespace landscaper::engine {

using nlohmann::json;

const char* to_text(plan_action what) {
    switch (what) {
        case plan_action::unchanged: return "unchanged";
        case plan_action::create: return "create";
        case plan_action::update: return "update";
        case plan_action::replace: return "replace";
        case plan_action::move: return "move";
        case plan_action::person: return "person";
        case plan_action::orphan: return "orphan";
        case plan_action::waiting: return "waiting";
        case plan_action::unknown: return "unknown";
    }
    return "unknown";
}

namespace {

using known_outputs = std::map<path, value>;

// One input alone: complete, or known only after others are applied.
std::optional<json> filled(const std::string& name, const input& given, const surroundings& around) {
    member alone;
    alone.inputs.emplace(name, given);
    auto out = resolve(alone, around);
    if (!out.inputs) return std::nullopt;
    return out.inputs->json().at(name);
}

std::string text_at(const json& object, const std::string& name) {
    auto found = object.find(name);
    return found == object.end() ? "" : json_text(*found);
}

// Tells whether it changes, and nothing else.
std::string hidden(const std::string& text) {
    return text.empty() ? "" : "sha256:" + to_hex(sha256(as_bytes(text))).substr(0, 12);
}

// Inputs that differ from what is recorded, and those that cannot be compared yet.
std::vector<changed_input> compare(const member& m, const resource_entry* entry, const surroundings& around) {
    std::vector<changed_input> out;
    static const value nothing;
    const auto& before = entry ? *entry->inputs : *nothing;
    for (const auto& [name, given] : m.inputs) {
        changed_input c{name, text_at(before, name), {}, false};
        auto after = filled(name, given, around);
        c.is_known_after_apply = !after;
        if (after) c.after = json_text(*after);
        if (!after || c.before != c.after) out.push_back(std::move(c));
    }
    for (const auto& [name, old] : before.items()) {
        if (!m.inputs.contains(name)) out.push_back({name, json_text(old), {}, false});
    }
    for (auto& c : out) {
        if (!m.sensitive.contains(c.name)) continue;
        c.before = hidden(c.before);
        c.after = hidden(c.after);
    }
    return out;
}

bool knows_all(const std::vector<changed_input>& inputs) {
    return std::none_of(inputs.begin(), inputs.end(),
                        [](const changed_input& c) { return c.is_known_after_apply; });
}

plan_action action_for(const member& m, const resource_entry* entry,
                       const std::vector<changed_input>& inputs) {
    if (!entry || !m.is_stateful) return plan_action::create;
    if (entry->type != m.type) return plan_action::replace;
    auto differs = [](const changed_input& c) { return !c.is_known_after_apply; };
    auto replaces = [&](const changed_input& c) { return differs(c) && m.replace_on.contains(c.name); };
    if (std::any_of(inputs.begin(), inputs.end(), replaces)) return plan_action::replace;
    if (std::any_of(inputs.begin(), inputs.end(), differs)) return plan_action::update;
    return inputs.empty() ? plan_action::unchanged : plan_action::waiting;
}

plan_item item_for(const member& m, const resource_entry* entry, const known_outputs& known) {
    surroundings around;
    around.outputs_of = [&](const path& at) {
        auto found = known.find(at);
        return found == known.end() ? nullptr : &found->second;
    };
    around.is_declared = [](const path&) { return true; };
    plan_item out{m.at,           m.provider.name, m.type,           {}, {}, m.is_stateful,
                  m.is_protected, m.broken,        !m.broken.empty()};
    out.inputs = compare(m, entry, around);
    out.action = action_for(m, m.is_stateful ? entry : nullptr, out.inputs);
    member alone;
    alone.holds_while = m.holds_while;
    bool may_vanish = !resolve(alone, around).inputs;
    if (may_vanish && out.action != plan_action::create) out.action = plan_action::waiting;
    return out;
}

// What others did to it, and what a person has to do, stand above what was declared.
void take_standing(plan_item& item, const standing& now) {
    bool is_untouched = item.action == plan_action::unchanged || item.action == plan_action::waiting;
    if (!now.drift.empty()) {
        if (is_untouched) {
            item.action = now.is_gone ? plan_action::create : plan_action::update;
            item.inputs.clear();  // what was applied is what is declared
        }
        item.sentence = now.drift;
    }
    if (!now.waits_for_person) return;
    item.action = plan_action::person;
    item.sentence = now.sentence;
}

// Where its entry is: at its own path, or where it was moved from.
const resource_entry* recorded_of(const member& m, const std::map<path, resource_entry>& state,
                                  const graph& declared) {
    auto found = state.find(m.at);
    bool has_moved = found == state.end() && m.moved_from && !declared.contains(*m.moved_from);
    if (has_moved) found = state.find(*m.moved_from);
    return found == state.end() ? nullptr : &found->second;
}

void add_orphans(std::vector<plan_item>& into, const graph& declared,
                 const std::map<path, resource_entry>& state, const std::vector<path>& roots) {
    std::set<path> moved;
    for (const auto& [at, m] : declared.members()) {
        if (m.moved_from && !state.contains(at)) moved.insert(*m.moved_from);
    }
    for (const auto& [at, entry] : state) {
        if (declared.contains(at) || !is_within_any(at, roots) || moved.contains(at)) continue;
        auto action = plan_action::orphan;
        if (declared.unexplored_around(at)) action = plan_action::waiting;
        into.push_back(
            {at, provider_in(entry).name, entry.type, action, {}, true, is_protected(entry), {}, false});
    }
}

}  // namespace

std::vector<plan_item> plan(const graph& declared, const std::map<path, resource_entry>& state,
                            const std::vector<path>& roots, const std::map<path, value>& applied,
                            const std::map<path, standing>& standings) {
    std::vector<plan_item> out;
    known_outputs known;
    for (const auto& [at, outputs] : applied) {
        if (!declared.contains(at)) known.emplace(at, outputs);
    }
    auto selected = declared.with_needs(roots);
    for (const auto& at : declared.order()) {
        if (!selected.contains(at)) continue;
        const auto& m = *declared.find(at);
        const auto* entry = recorded_of(m, state, declared);
        out.push_back(item_for(m, entry, known));
        auto runs = applied.find(at);
        if (!out.back().is_stateful && runs != applied.end() && knows_all(out.back().inputs)) {
            out.back().action = plan_action::unchanged;
            known.insert(*runs);
        } else if (out.back().action == plan_action::unchanged) {
            known.emplace(at, entry->outputs);
        }
        if (entry && !state.contains(at)) {
            if (out.back().action == plan_action::unchanged) out.back().action = plan_action::move;
            out.back().sentence = "moves here from " + m.moved_from->text();
        }
        auto now = standings.find(at);
        if (now != standings.end()) take_standing(out.back(), now->second);
    }
    for (const auto& part : declared.unexplored()) {
        if (!is_within_any(part.at, roots)) continue;
        out.push_back({part.at,
                       {},
                       {},
                       plan_action::unknown,
                       {},
                       false,
                       false,
                       describe(part),
                       !part.sentence.empty()});
    }
    add_orphans(out, declared, state, roots);
    return out;
}

// What waits for others changes only when one of them does, which counts itself.
static bool changes(const plan_item& item) {
    using enum plan_action;
    return item.action != unchanged && item.action != orphan && item.action != unknown &&
           item.action != waiting;
}

bool would_change(const std::vector<plan_item>& items) {
    return std::any_of(items.begin(), items.end(),
                       [](const plan_item& item) { return item.is_stateful && changes(item); });
}

nlohmann::json shown(const value& properties, const std::set<std::string>& sensitive) {
    auto out = properties.json();
    for (auto& [name, said] : out.items()) {
        if (sensitive.contains(name)) said = hidden(json_text(said));
    }
    return out;
}

nlohmann::json to_json(const std::vector<plan_item>& items) {
    auto out = json::array();
    for (const auto& item : items) {
        auto inputs = json::array();
        for (const auto& c : item.inputs) {
            inputs.push_back({{"name", c.name},
                              {"before", c.before},
                              {"after", c.after},
                              {"known_after_apply", c.is_known_after_apply}});
        }
        out.push_back({{"path", item.at.text()},
                       {"provider", item.provider},
                       {"type", item.type},
                       {"action", to_text(item.action)},
                       {"inputs", std::move(inputs)},
                       {"stateful", item.is_stateful},
                       {"protected", item.is_protected},
                       {"changes", changes(item)},
                       {"broken", item.is_broken},
                       {"sentence", item.sentence}});
    }
    return out;
}

}  // namespace landscaper::engine
