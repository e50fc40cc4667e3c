// The declared members, who needs whom, and in which phases they are begun. Immutable; refuses what has no
// order. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::engine {

// A part of the tree whose members, if any, the source cannot name yet. What is recorded within it is neither
// declared nor an orphan.
struct unexplored {
    path at;
    std::vector<output_ref> needs;  // outputs that decide it
    std::string sentence;           // why, when it is not for an output
    std::vector<path> except;       // parts of it that belong to other sources
    friend bool operator==(const unexplored&, const unexplored&) = default;
};
// "its parent's members are known when memo is done", for people.
std::string describe(const unexplored& part);

enum class graph_errc {
    cycle = 1,  // resources that need each other; the context names them in order
    duplicate,  // one path declared twice
    overlap,    // a path that is both a resource and the parent of one
};
const char* describe(graph_errc code);

// The members of one cycle in order, each needing the next and the last the first; none when there is no
// cycle.
std::vector<path> cycle_among(const std::vector<member>& members);
// "a -> b -> a"
std::string cycle_text(const std::vector<path>& cycle);

// Phases in which members are begun: one within a phase waits until everything within those before it is
// done. Phases order beginnings only; nobody uses anything of the other.
using launch_order = std::vector<std::vector<path>>;

class graph {
  public:
    graph() = default;
    static result<graph> build(std::vector<member> members, std::vector<engine::unexplored> unexplored = {},
                               launch_order launch = {});

    const std::map<path, member>& members() const { return members_; }
    const member* find(const path& at) const;
    bool contains(const path& at) const { return find(at) != nullptr; }

    const std::vector<engine::unexplored>& unexplored() const { return unexplored_; }
    // The unexplored part that `at` lies in; null when there is none.
    const engine::unexplored* unexplored_around(const path& at) const;

    const launch_order& launch() const { return launch_; }
    // 1 for a member of the first phase; 0 for one in none.
    std::size_t phase_of(const path& at) const;
    // The members of a phase.
    const std::vector<path>& phase(std::size_t number) const { return phases_[number - 1]; }
    // Whether a phase may have members that nobody can name yet.
    bool is_phase_unexplored(std::size_t number) const { return unexplored_phases_.contains(number); }
    // Paths of the launch order that no member lies within, and none can.
    const std::vector<path>& unmatched() const { return unmatched_; }

    // What `at` needs directly; may name paths that are not declared.
    const std::set<path>& needs(const path& at) const;
    // Who needs `at` directly.
    const std::set<path>& dependants(const path& at) const;
    // Every declared path after all that it needs; among equals by path.
    const std::vector<path>& order() const { return order_; }
    std::vector<path> reverse_order() const { return {order_.rbegin(), order_.rend()}; }
    // The members within `roots` and everything they need, never their dependants.
    std::set<path> with_needs(const std::vector<path>& roots) const;
    // The members within `roots` and everything that needs them.
    std::set<path> with_dependants(const std::vector<path>& roots) const;
    // Graphviz text.
    std::string dot() const;

  private:
    using edges = std::map<path, std::set<path>>;
    result<void> sort();
    void place_in_phases();
    void add_barriers(edges& needs) const;
    std::set<path> closure(const std::vector<path>& roots, const edges& along) const;

    std::map<path, member> members_;
    std::vector<engine::unexplored> unexplored_;
    std::map<path, std::set<path>> needs_;
    std::map<path, std::set<path>> dependants_;
    std::vector<path> order_;
    launch_order launch_;
    std::map<path, std::size_t> phase_of_;
    std::vector<std::vector<path>> phases_;  // their members
    std::set<std::size_t> unexplored_phases_;
    std::vector<path> unmatched_;
};

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, graph_errc, "graph")
