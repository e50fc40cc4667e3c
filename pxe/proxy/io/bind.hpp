// Sockets as the DHCP server needs them: wildcard, broadcast, packet info. For use at start-up only.
#pragma once

#include <cstdint>
#include <string>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace pxe::proxy {

// A UDP socket on 0.0.0.0:port with SO_BROADCAST and IP_PKTINFO, non-blocking, not shared (no SO_REUSEADDR).
// The error names the process that holds the port, when /proc shows it.
landscaper::result<landscaper::unique_fd> bind_udp(std::uint16_t port);
// Sets what bind_udp sets on a socket that somebody else bound (systemd).
landscaper::result<void> prepare_udp(int fd);

}  // namespace pxe::proxy
