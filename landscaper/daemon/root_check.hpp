// Evaluates the root expressions of an inventory before anything is begun: as far as that goes without a
// single output. Builds nothing, records nothing, starts no provider.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::daemon {

struct checked_root {
    std::string what;                   // "deployment foo: 3 members"
    std::vector<std::string> problems;  // file:line: text
};

// The rack's own, if there is one, and every deployment's. `network`: the rack's folder, absolute. `env`: of
// Nix.
task<std::vector<checked_root>> check_roots(inventory::rack declared, std::string network,
                                            std::map<std::string, std::string> env = {});

}  // namespace landscaper::daemon
