// What the inventory says of a host's systems, as nix/system.hpp takes it. Pure.
#pragma once

#include <string>

#include "landscaper/inventory/rack.hpp"
#include "landscaper/nix/system.hpp"

namespace landscaper::daemon {

// What every system of a rack gets to know of landscaper; `host_id` in hex.
struct system_surroundings {
    std::string host_id, client_key, cache_url, cache_key;
};

// The entry of the host's role; bad_system when there is none, or it names no attribute.
result<nix::system_source> system_source_of(const inventory::rack& declared, const inventory::host& host);
// What a function of the host is called with.
nix::system_argument system_argument_of(const inventory::host& host, const system_surroundings& context);

}  // namespace landscaper::daemon
