// The appliance's own addresses, as hosts reach them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/ip_address.hpp"

namespace landscaper::daemon {

struct interface_address {
    std::string interface;
    ip_prefix address;
};

// IPv4 and global IPv6 addresses of interfaces that are up, loopback last.
std::vector<interface_address> own_addresses();

// The address under which a host at `host` reaches the appliance: one on the host's own network, else on one
// of `interfaces` (any when empty), else the first.
std::optional<ip_address> address_for(const std::vector<interface_address>& own,
                                      const std::optional<ip_address>& host,
                                      const std::vector<std::string>& interfaces);

}  // namespace landscaper::daemon
