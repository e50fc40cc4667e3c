// One datagram from and to a wildcard UDP socket, with the interface and address it came in on (IP_PKTINFO).
// Never blocks.
#pragma once

#include <optional>

#include "pxe/proxy/reply.hpp"

namespace pxe::proxy {

struct received {
    landscaper::bytes_view data;  // in the caller's buffer
    landscaper::ipv4_address source;
    std::uint16_t source_port = 0;
    unsigned interface = 0;
    landscaper::ipv4_address destination;  // as in the header: 255.255.255.255, a subnet's broadcast, or ours
    landscaper::ipv4_address preferred;    // the address that the kernel would answer from
};

// None when nothing waits. A datagram longer than the buffer is dropped.
std::optional<received> receive(int fd, std::span<std::uint8_t> buffer);
// False when the kernel refused: no route, interface gone, queue full.
bool send(int fd, const datagram& out);

}  // namespace pxe::proxy
