// Which process holds a port, for the error message of whoever wanted it. Reads /proc; for use at start-up
// only.
#pragma once

#include <cstdint>
#include <string>

namespace landscaper {

enum class port_kind { udp, tcp };

// "dnsmasq (pid 812)", "a process of another user or container", or "" when nobody holds it. For TCP: listens
// on it.
std::string holder_of_port(port_kind kind, std::uint16_t port);

}  // namespace landscaper
