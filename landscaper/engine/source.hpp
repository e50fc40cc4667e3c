// Several sources of members (inventory, Nix expression) merged into one graph. The engine sees only the
// result. Pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "landscaper/engine/graph.hpp"

namespace landscaper::engine {

enum class source_errc {
    declared_twice = 1,  // two sources declare the same path, or one declares beneath what the other reserves
};
const char* describe(source_errc code);

// What a source declares at a time. `reserves` are composites that belong to it alone ("hosts").
struct declaration {
    std::vector<member> members;
    std::vector<path> reserves;
    std::vector<engine::unexplored> unexplored = {};
    launch_order launch = {};  // of one source alone
};

class sources {
  public:
    // Replaces what `source` ("inventory.yaml", "nixops4.nix") declares and returns the graph of all; on an
    // error, which names both places, everything stays as it was.
    result<std::shared_ptr<const graph>> declare(const std::string& source, declaration declared);
    // What declare() would return; changes nothing.
    result<graph> preview(const std::string& source, declaration declared) const;

  private:
    // The members themselves are in the graph, once.
    struct part {
        std::vector<path> members;
        declaration rest;
    };
    std::map<std::string, declaration> with(const std::string& source, declaration declared) const;

    std::map<std::string, part> parts_;
    std::shared_ptr<const graph> current_ = std::make_shared<const graph>();
};

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, source_errc, "source")
