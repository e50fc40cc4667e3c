// What must hold before serve starts, each failure one line with its remedy. Looks, never changes anything.
#pragma once

#include <optional>
#include <string>

#include "landscaper/daemon/addresses.hpp"
#include "landscaper/daemon/options.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::daemon {

struct obstacle {
    int exit_code = 1;
    std::string text;
};

// Root where ports below 1024 are to be bound, the named interfaces, an address.
std::optional<obstacle> look_at_machine(const options& opts, const inventory::rack& declared);

// Why the host, once installed, would not find the way to this machine, or not all of its own network; ""
// when it does, or its address is the site's DHCP server's to give. `own`: this machine's addresses.
std::string objection_to_address(const inventory::host& host, const inventory::network& network,
                                 const std::vector<interface_address>& own);

}  // namespace landscaper::daemon
