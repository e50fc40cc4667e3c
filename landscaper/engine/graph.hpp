// The declared members and who needs whom. Immutable; refuses what has no order. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::engine {

enum class graph_errc {
    cycle = 1,  // resources that need each other; the context names them in order
    duplicate,  // one path declared twice
    overlap,    // a path that is both a resource and the parent of one
};
const char* describe(graph_errc code);

class graph {
  public:
    graph() = default;
    static result<graph> build(std::vector<member> members);

    const std::map<path, member>& members() const { return members_; }
    const member* find(const path& at) const;
    bool contains(const path& at) const { return find(at) != nullptr; }

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
    result<void> sort();
    std::set<path> closure(const std::vector<path>& roots, const std::map<path, std::set<path>>& edges) const;

    std::map<path, member> members_;
    std::map<path, std::set<path>> needs_;
    std::map<path, std::set<path>> dependants_;
    std::vector<path> order_;
};

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, graph_errc, "graph")
