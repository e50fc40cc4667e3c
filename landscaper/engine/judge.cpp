#include "landscaper/engine/judge.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/engine/patch.hpp"

namespace landscaper::engine {

using nlohmann::json;

namespace {

void wait_for(resolved& so_far, const path& at) {
    if (std::find(so_far.blocked_on.begin(), so_far.blocked_on.end(), at) != so_far.blocked_on.end()) return;
    so_far.blocked_on.push_back(at);
}

void give_up(resolved& so_far, std::string sentence) {
    so_far.is_hopeless = true;
    if (so_far.sentence.empty()) so_far.sentence = std::move(sentence);
}

// Fills one hole of `into`, or notes why not.
void fill(json& into, const hole& h, const surroundings& around, resolved& so_far) {
    const auto* outputs = around.outputs_of(h.from.resource);
    if (!outputs) return wait_for(so_far, h.from.resource);
    auto found = (*outputs)->find(h.from.output);
    if (found == (*outputs)->end()) {
        return give_up(so_far, h.from.resource.text() + " gave no output \"" + h.from.output + "\"");
    }
    auto placed = put_at(into, h.pointer, *found);
    if (!placed)
        give_up(so_far, "an input has no place for " + h.from.output + ": " + placed.error().message());
}

// Whether what a source computed still holds; else it waits for the resource, or for the source.
bool still_holds(const std::vector<seen_output>& all, const surroundings& around, resolved& so_far) {
    bool holds = true;
    for (const auto& used : all) {
        const auto* outputs = around.outputs_of(used.from.resource);
        if (!outputs) wait_for(so_far, used.from.resource);
        if (!outputs) continue;
        auto now = (*outputs)->find(used.from.output);
        holds = holds && now != (*outputs)->end() && is_same(*now, *used.seen);
    }
    return holds;
}

std::string names(const std::vector<path>& paths) {
    std::string out;
    for (const auto& p : paths) out += (out.empty() ? "" : ", ") + p.text();
    return out;
}

}  // namespace

resolved resolve(const member& wanted, const surroundings& around) {
    resolved out;
    json inputs = json::object();
    if (!wanted.broken.empty()) give_up(out, wanted.broken);
    for (const auto& after : wanted.after) {
        if (!around.outputs_of(after)) wait_for(out, after);
    }
    if (wanted.state && !around.outputs_of(*wanted.state)) wait_for(out, *wanted.state);
    bool waits_for_source = !wanted.pending.empty();
    if (!still_holds(wanted.holds_while, around, out)) waits_for_source = true;
    for (const auto& [name, given] : wanted.inputs) {
        for (const auto& ref : given.unknown_until) {
            waits_for_source = true;
            const auto* outputs = around.outputs_of(ref.resource);
            if (!outputs) wait_for(out, ref.resource);
            if (outputs && !(*outputs)->contains(ref.output)) {
                give_up(out, ref.resource.text() + " gave no output \"" + ref.output + "\"");
            }
        }
        if (given.is_unknown || !still_holds(given.computed_from, around, out)) waits_for_source = true;
        json filled = given.literal.json();
        for (const auto& h : given.holes) fill(filled, h, around, out);
        inputs[name] = std::move(filled);
    }
    if (out.is_hopeless) return out;
    auto undeclared = std::find_if_not(out.blocked_on.begin(), out.blocked_on.end(), around.is_declared);
    if (undeclared != out.blocked_on.end()) {
        out.sentence = "needs " + undeclared->text() + ", which is not declared";
    } else if (!out.blocked_on.empty()) {
        out.sentence = "needs " + names(out.blocked_on);
    } else if (waits_for_source) {
        out.sentence =
            wanted.pending.empty() ? "waits for its declaration to be evaluated again" : wanted.pending;
    } else {
        out.inputs = value(std::move(inputs));
    }
    return out;
}

operation due(const member& wanted, const value& inputs, const resource_entry* entry) {
    if (!wanted.is_stateful || !entry) return operation::create;
    auto replace = wanted.creates_before_destroying ? operation::create : operation::destroy;
    if (entry->type != wanted.type) return replace;
    if (entry->inputs == inputs) return operation::none;
    for (const auto& name : wanted.replace_on) {
        auto before = entry->inputs->find(name);
        auto after = inputs->find(name);
        bool had = before != entry->inputs->end();
        bool has = after != inputs->end();
        if (had != has || (had && !is_same(*before, *after))) return replace;
    }
    return operation::update;
}

namespace {

constexpr const char* deposed_key = "deposed";

// A replaced entry as it is kept within the one that took its place.
void depose(json& into, const resource_entry& old) {
    json kept{{"type", old.type},
              {"input_properties", old.inputs.json()},
              {"output_properties", old.outputs.json()}};
    for (const auto* key : {"provider", "needs"}) {
        if (old.extra->contains(key)) kept[key] = old.extra->at(key);
    }
    auto& all = into[deposed_key];
    if (!all.is_array()) all = json::array();
    all.push_back(std::move(kept));
}

}  // namespace

std::vector<resource_entry> deposed_in(const resource_entry& entry) {
    std::vector<resource_entry> out;
    auto all = entry.extra->find(deposed_key);
    if (all == entry.extra->end() || !all->is_array()) return out;
    for (const auto& one : *all) {
        if (!one.is_object()) continue;
        auto part = [&](const char* name) { return value(one.value(name, json::object())); };
        auto extra = one;
        for (const auto* key : {"type", "input_properties", "output_properties"}) extra.erase(key);
        auto type = one.find("type");
        bool is_named = type != one.end() && type->is_string();
        out.push_back({is_named ? type->get<std::string>() : "", part("input_properties"),
                       part("output_properties"), value(std::move(extra))});
    }
    return out;
}

resource_entry without_oldest_deposed(const resource_entry& entry) {
    auto extra = entry.extra.json();
    auto all = extra.find(deposed_key);
    if (all != extra.end() && all->is_array() && !all->empty()) all->erase(0);
    if (all != extra.end() && (!all->is_array() || all->empty())) extra.erase(deposed_key);
    return {entry.type, entry.inputs, entry.outputs, value(std::move(extra))};
}

static void annotate(json& extra, bool is_protected, const std::set<std::string>& sensitive) {
    extra.erase("protect");
    extra.erase("sensitive");
    if (is_protected) extra["protect"] = true;
    if (!sensitive.empty()) extra["sensitive"] = sensitive;
}

resource_entry annotated(const resource_entry& entry, const member& wanted) {
    bool is_same = is_protected(entry) == wanted.is_protected && sensitive_in(entry) == wanted.sensitive;
    if (is_same) return entry;
    auto extra = entry.extra.json();
    annotate(extra, wanted.is_protected, wanted.sensitive);
    return {entry.type, entry.inputs, entry.outputs, value(std::move(extra))};
}

resource_entry entry_for(const start& what, value outputs, const resource_entry* before) {
    json extra = before ? before->extra.json() : json::object();
    if (what.deposes && before) depose(extra, *before);
    extra["provider"] = what.provider.name;
    if (what.provider.is_foreign) {
        auto argv = what.provider.args;
        argv.insert(argv.begin(), what.provider.name);
        extra["provider"] = argv;
    }
    extra["needs"] = json::array();
    for (const auto& need : what.needs) extra["needs"].push_back(need.names());
    extra.erase("phase");
    if (what.phase) extra["phase"] = what.phase;
    annotate(extra, what.is_protected, what.sensitive);
    return {what.type, what.inputs, std::move(outputs), value(std::move(extra))};
}

std::vector<path> needs_in(const resource_entry& entry) {
    std::vector<path> out;
    auto needs = entry.extra->find("needs");
    if (needs == entry.extra->end() || !needs->is_array()) return out;
    for (const auto& need : *needs) {
        std::vector<std::string> at;
        if (!need.is_array()) continue;
        for (const auto& name : need) {
            if (name.is_string()) at.push_back(name.get<std::string>());
        }
        out.emplace_back(std::move(at));
    }
    return out;
}

static path renamed(const path& at, const path& from, const path& to) {
    if (!at.is_within(from)) return at;
    auto names = to.names();
    names.insert(names.end(), at.names().begin() + static_cast<std::ptrdiff_t>(from.names().size()),
                 at.names().end());
    return path(std::move(names));
}

std::vector<state_change> moves(const std::map<path, resource_entry>& state, const path& from,
                                const path& to) {
    std::vector<state_change> removals, additions;
    for (const auto& [at, entry] : state) {
        if (!at.is_within(from)) continue;
        removals.push_back({at, std::nullopt, "move"});
        auto moved = entry;
        auto extra = entry.extra.json();
        extra["needs"] = json::array();
        for (const auto& need : needs_in(entry)) extra["needs"].push_back(renamed(need, from, to).names());
        moved.extra = value(std::move(extra));
        additions.push_back({renamed(at, from, to), std::move(moved), "move"});
    }
    removals.insert(removals.end(), additions.begin(), additions.end());
    return removals;
}

provider_ref provider_in(const resource_entry& entry) {
    auto found = entry.extra->find("provider");
    if (found == entry.extra->end()) return {};
    if (found->is_string()) return {found->get<std::string>(), {}, false};
    provider_ref out{{}, {}, true};
    if (!found->is_array()) return out;
    for (const auto& word : *found) {
        if (word.is_string()) out.args.push_back(word.get<std::string>());
    }
    if (out.args.empty()) return out;
    out.name = out.args.front();
    out.args.erase(out.args.begin());
    return out;
}

std::size_t phase_in(const resource_entry& entry) {
    auto found = entry.extra->find("phase");
    return found != entry.extra->end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

bool is_protected(const resource_entry& entry) {
    auto found = entry.extra->find("protect");
    return found != entry.extra->end() && found->is_boolean() && found->get<bool>();
}

std::set<std::string> sensitive_in(const resource_entry& entry) {
    std::set<std::string> out;
    auto found = entry.extra->find("sensitive");
    if (found == entry.extra->end() || !found->is_array()) return out;
    for (const auto& name : *found) {
        if (name.is_string()) out.insert(name.get<std::string>());
    }
    return out;
}

}  // namespace landscaper::engine
