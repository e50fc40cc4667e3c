// What must hold before serve starts, each failure one line with its remedy. Looks, never changes anything.
#pragma once

#include <optional>
#include <string>

#include "landscaper/daemon/options.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::daemon {

struct obstacle {
    int exit_code = 1;
    std::string text;
};

// Root where ports below 1024 are to be bound, the named interfaces, an address.
std::optional<obstacle> look_at_machine(const options& opts, const inventory::rack& declared);

}  // namespace landscaper::daemon
