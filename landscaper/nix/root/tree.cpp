#include "landscaper/nix/root/tree.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

namespace landscaper::nix::root {

namespace {

// Which question answers an item.
ask ask_for(const item& what) {
    switch (what.part) {
        case part::kind:
        case part::members: return {what.at, scope::subtree, {}};
        case part::head:
        case part::inputs: return {what.at, scope::resource, {}};
        case part::input: return {what.at, scope::inputs, {what.name}};
    }
    return {what.at, scope::subtree, {}};
}

// Inputs of one resource are one question, and nothing is asked twice.
void add(std::vector<ask>& to, ask one) {
    for (auto& other : to) {
        if (other == one) return;
        if (other.at != one.at || other.scope != scope::inputs || one.scope != scope::inputs) continue;
        other.inputs.push_back(one.inputs.front());
        return;
    }
    to.push_back(std::move(one));
}

}  // namespace

std::vector<item> above(const item& what) {
    std::vector<item> out;
    path at;
    for (const auto& name : what.at.names()) {
        out.push_back({at, part::kind, {}});
        out.push_back({at, part::members, {}});
        at = at / name;
    }
    if (what.part != part::kind) out.push_back({at, part::kind, {}});
    if (what.part == part::input) out.push_back({at, part::inputs, {}});
    return out;
}

tree::tree(std::uint64_t revision) : revision_(revision) {
    facts_[item{}];
}

const tree::fact* tree::at(const path& where, part what) const {
    auto found = facts_.find(item{where, what, {}});
    return found == facts_.end() ? nullptr : &found->second;
}

std::set<output_ref> tree::all_needs(const item& what) const {
    auto out = facts_.at(what).needs;
    for (const auto& one : above(what)) {
        auto found = facts_.find(one);
        if (found != facts_.end()) out.insert(found->second.needs.begin(), found->second.needs.end());
    }
    return out;
}

// The outputs that an item is known to need; none while one of them is not there.
std::optional<output_values> tree::given_for(const item& what, const known_outputs& now) const {
    output_values out;
    for (const auto& ref : all_needs(what)) {
        auto seen = now(ref);
        if (!seen) return std::nullopt;
        out.emplace(ref, *seen);
    }
    return out;
}

bool tree::is_stale(const fact& known, const known_outputs& now) {
    return std::any_of(known.used.begin(), known.used.end(),
                       [&](const auto& used) { return now(used.first) != used.second; });
}

bool tree::has_questions(const known_outputs& now) const {
    return std::any_of(facts_.begin(), facts_.end(), [&](const auto& entry) {
        const auto& [what, known] = entry;
        return known.status == status::waiting ? given_for(what, now).has_value() : is_stale(known, now);
    });
}

std::vector<group> tree::questions(const known_outputs& now) {
    forget_stale(now);
    asked_.clear();
    given_.clear();
    std::map<std::set<output_ref>, group> by_needs;
    for (const auto& [what, known] : facts_) {
        if (known.status != status::waiting) continue;
        auto given = given_for(what, now);
        if (!given) continue;
        auto needs = all_needs(what);
        given_.insert(given->begin(), given->end());
        auto& group = by_needs[needs];
        asked_.emplace(what, std::move(needs));
        group.known = std::move(*given);
        add(group.asks, ask_for(what));
    }
    std::vector<group> out;
    for (auto& [needs, group] : by_needs) out.push_back(std::move(group));
    return out;
}

std::vector<group> tree::speculation(const output_values& recorded) {
    asked_.clear();
    given_ = recorded;
    group all{recorded, {}};
    for (const auto& [what, known] : facts_) {
        if (known.status == status::waiting) add(all.asks, ask_for(what));
    }
    if (all.asks.empty()) return {};
    return {std::move(all)};
}

void tree::forget_stale(const known_outputs& now) {
    std::vector<item> stale;
    for (const auto& [what, known] : facts_) {
        if (is_stale(known, now)) stale.push_back(what);
    }
    changes_ += stale.size();
    for (const auto& what : stale) {
        auto found = facts_.find(what);
        if (found == facts_.end()) continue;  // beneath another one
        found->second = fact{status::waiting, {}, std::move(found->second.needs), {}, {}};
        forget_beneath(what);
    }
}

void tree::forget_beneath(const item& what) {
    std::erase_if(facts_, [&](const auto& entry) {
        const auto& other = entry.first;
        if (other == what || !other.at.is_within(what.at)) return false;
        if (what.part == part::kind) return true;
        if (what.part == part::members) return other.at != what.at;
        return what.part == part::inputs && other.at == what.at && other.part == part::input;
    });
}

void tree::find(const finding& one) {
    auto& known = facts_[one.about];
    known.needs.insert(one.needs.begin(), one.needs.end());
    known.value = one.value;
    known.error = one.error;
    if (one.value && one.about.part == part::head) {
        auto head = read_head(one.value->said);
        if (!head) known.error = to_text(one.about) + ": " + head.error().message();
    }
    known.status = !known.error.empty() ? status::broken : one.value ? status::known : status::waiting;
    known.used.clear();
    if (known.status == status::waiting) return;
    for (const auto& ref : known.needs) {
        auto given = given_.find(ref);
        if (given != given_.end()) known.used.insert(*given);
    }
}

void tree::take(const answer& said) {
    ++changes_;
    for (const auto& one : said.findings) find(one);
    break_unanswered();
}

// Else it would be asked for ever.
void tree::break_unanswered() {
    for (const auto& [what, needed_before] : asked_) {
        auto found = facts_.find(what);
        if (found == facts_.end() || found->second.status != status::waiting) continue;
        auto needs = all_needs(what);
        // Another group may have been given what this one is only now known to need.
        if (needs != needed_before) continue;
        bool knew_all = std::all_of(needs.begin(), needs.end(),
                                    [&](const output_ref& ref) { return given_.contains(ref); });
        if (!knew_all) continue;
        found->second.status = status::broken;
        found->second.error = to_text(what) + " was not evaluated; correct the other errors first";
    }
    asked_.clear();
}

}  // namespace landscaper::nix::root
