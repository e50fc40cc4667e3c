#include "landscaper/engine/graph.hpp"

#include <algorithm>
#include <queue>

namespace landscaper::engine {

const char* describe(graph_errc code) {
    switch (code) {
        case graph_errc::cycle: return "these resources need each other; break the chain";
        case graph_errc::duplicate: return "declared twice";
        case graph_errc::overlap: return "is a resource and also the parent of resources; rename one of them";
    }
    return "unknown error";
}

std::string describe(const unexplored& part) {
    if (!part.sentence.empty()) return part.sentence;
    std::string out = "whether it is still declared depends on ";
    for (std::size_t i = 0; i < part.needs.size(); ++i) {
        out += (i ? ", " : "") + part.needs[i].resource.text() + "." + part.needs[i].output;
    }
    return out;
}

namespace {

using edges = std::map<path, std::set<path>>;
const std::set<path> nobody;

const std::set<path>& of(const edges& all, const path& at) {
    auto found = all.find(at);
    return found == all.end() ? nobody : found->second;
}

// Among paths that all still need one of each other: follow needs until a path comes up again.
std::vector<path> cycle_in(const edges& needs, const std::set<path>& left) {
    std::vector<path> trail{*left.begin()};
    for (;;) {
        const auto& next = of(needs, trail.back());
        auto step = std::find_if(next.begin(), next.end(), [&](const path& p) { return left.contains(p); });
        auto seen = std::find(trail.begin(), trail.end(), *step);
        if (seen == trail.end()) {
            trail.push_back(*step);
            continue;
        }
        return {seen, trail.end()};
    }
}

}  // namespace

std::string cycle_text(const std::vector<path>& cycle) {
    std::string out;
    for (const auto& at : cycle) out += at.text() + " -> ";
    return out + cycle.front().text();
}

std::vector<path> cycle_among(const std::vector<member>& members) {
    edges needs;
    std::set<path> left;
    for (const auto& m : members) {
        auto all = needs_of(m);
        needs[m.at].insert(all.begin(), all.end());
        left.insert(m.at);
    }
    for (std::size_t before = 0; before != left.size();) {
        before = left.size();
        std::erase_if(left, [&](const path& at) {
            const auto& all = needs[at];
            return std::none_of(all.begin(), all.end(), [&](const path& p) { return left.contains(p); });
        });
    }
    return left.empty() ? std::vector<path>() : cycle_in(needs, left);
}

result<graph> graph::build(std::vector<member> members, std::vector<engine::unexplored> unexplored,
                           launch_order launch) {
    graph out;
    out.unexplored_ = std::move(unexplored);
    out.launch_ = std::move(launch);
    for (auto& m : members) {
        auto at = m.at;
        auto needs = needs_of(m);
        if (!out.members_.emplace(at, std::move(m)).second) return error(graph_errc::duplicate, at.text());
        for (const auto& need : needs) out.dependants_[need].insert(at);
        out.needs_.emplace(at, std::move(needs));
    }
    // In path order a resource's children come right after it.
    for (auto i = out.members_.begin(); i != out.members_.end(); ++i) {
        auto next = std::next(i);
        if (next != out.members_.end() && next->first.is_within(i->first)) {
            return error(graph_errc::overlap, i->first.text());
        }
    }
    out.place_in_phases();
    TRY_VOID(out.sort());
    return out;
}

void graph::place_in_phases() {
    if (launch_.empty()) return;
    phases_.resize(launch_.size());
    std::map<path, std::size_t> roots;
    for (std::size_t i = 0; i < launch_.size(); ++i) {
        for (const auto& root : launch_[i]) roots.emplace(root, i + 1);
    }
    std::set<path> matched;
    for (const auto& [at, m] : members_) {
        for (auto upwards = at; !upwards.is_root(); upwards = upwards.parent()) {
            auto found = roots.find(upwards);
            if (found == roots.end()) continue;
            phase_of_.emplace(at, found->second);
            phases_[found->second - 1].push_back(at);
            matched.insert(upwards);
            break;
        }
    }
    for (const auto& [root, number] : roots) {
        bool may_be = false;
        for (const auto& part : unexplored_) {
            bool is_excepted = !part.except.empty() && is_within_any(root, part.except);
            may_be = may_be || (!is_excepted && (part.at.is_within(root) || root.is_within(part.at)));
        }
        if (may_be) unexplored_phases_.insert(number);
        if (!may_be && !matched.contains(root)) unmatched_.push_back(root);
    }
}

std::size_t graph::phase_of(const path& at) const {
    auto found = phase_of_.find(at);
    return found == phase_of_.end() ? 0 : found->second;
}

static path barrier(std::size_t number) {
    return path{"launch phase " + std::to_string(number)};
}

// A node between each phase and the next, or a thousand members against a thousand would be a million edges.
void graph::add_barriers(edges& needs) const {
    for (std::size_t number = 1; number <= phases_.size(); ++number) {
        auto& passed = needs[barrier(number)];
        passed.insert(phase(number).begin(), phase(number).end());
        if (number == 1) continue;
        passed.insert(barrier(number - 1));
        for (const auto& at : phase(number)) needs[at].insert(barrier(number - 1));
    }
    for (const auto& part : unexplored_) {
        for (std::size_t number = 1; number <= launch_.size(); ++number) {
            const auto& roots = launch_[number - 1];
            bool is_here = std::any_of(roots.begin(), roots.end(),
                                       [&](const path& root) { return part.at.is_within(root); });
            for (const auto& ref : part.needs) {
                if (is_here) needs[barrier(number)].insert(ref.resource);
            }
        }
    }
}

// Kahn's algorithm; a heap keeps equals in path order.
result<void> graph::sort() {
    edges with_barriers, followers;
    if (!launch_.empty()) {
        with_barriers = needs_;
        add_barriers(with_barriers);
        for (const auto& [at, needed] : with_barriers) {
            for (const auto& need : needed) followers[need].insert(at);
        }
    }
    const auto& needs = launch_.empty() ? needs_ : with_barriers;
    const auto& dependants = launch_.empty() ? dependants_ : followers;
    std::map<path, std::size_t> open;
    std::priority_queue<path, std::vector<path>, std::greater<>> ready;
    std::set<path> left;
    for (const auto& [at, needed] : needs) {
        auto count = static_cast<std::size_t>(
            std::count_if(needed.begin(), needed.end(), [&](const path& p) { return needs.contains(p); }));
        open[at] = count;
        left.insert(at);
        if (count == 0) ready.push(at);
    }
    while (!ready.empty()) {
        auto at = ready.top();
        ready.pop();
        left.erase(at);
        for (const auto& dependant : of(dependants, at)) {
            if (--open[dependant] == 0) ready.push(dependant);
        }
        if (contains(at)) order_.push_back(std::move(at));
    }
    if (!left.empty()) return error(graph_errc::cycle, cycle_text(cycle_in(needs, left)));
    return {};
}

const member* graph::find(const path& at) const {
    auto found = members_.find(at);
    return found == members_.end() ? nullptr : &found->second;
}

const engine::unexplored* graph::unexplored_around(const path& at) const {
    for (const auto& part : unexplored_) {
        bool is_excepted = !part.except.empty() && is_within_any(at, part.except);
        if (at.is_within(part.at) && !is_excepted) return &part;
    }
    return nullptr;
}

const std::set<path>& graph::needs(const path& at) const {
    return of(needs_, at);
}
const std::set<path>& graph::dependants(const path& at) const {
    return of(dependants_, at);
}

std::set<path> graph::with_needs(const std::vector<path>& roots) const {
    return closure(roots, needs_);
}
std::set<path> graph::with_dependants(const std::vector<path>& roots) const {
    return closure(roots, dependants_);
}

std::set<path> graph::closure(const std::vector<path>& roots, const edges& along) const {
    std::set<path> out;
    std::vector<path> todo;
    for (const auto& [at, m] : members_) {
        if (is_within_any(at, roots)) todo.push_back(at);
    }
    while (!todo.empty()) {
        auto at = std::move(todo.back());
        todo.pop_back();
        if (!contains(at) || !out.insert(at).second) continue;
        const auto& next = of(along, at);
        todo.insert(todo.end(), next.begin(), next.end());
    }
    return out;
}

std::string graph::dot() const {
    auto quoted = [](const path& p) {
        std::string out = "\"";
        for (char c : p.text()) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        return out + '"';
    };
    std::string out = "digraph landscaper {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const auto& [at, m] : members_) out += "  " + quoted(at) + ";\n";
    auto needs = needs_;
    add_barriers(needs);
    for (std::size_t number = 1; number <= phases_.size(); ++number)
        out += "  " + quoted(barrier(number)) + " [shape=ellipse];\n";
    for (const auto& [at, needed] : needs) {
        for (const auto& need : needed) out += "  " + quoted(need) + " -> " + quoted(at) + ";\n";
    }
    return out + "}\n";
}

}  // namespace landscaper::engine
