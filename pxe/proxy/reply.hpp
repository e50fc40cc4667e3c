// From a decision to the datagram: which options a firmware needs, how large it may be, where it goes.
// Never decides what is booted.
#pragma once

#include <cstdint>
#include <optional>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/ip_address.hpp"
#include "pxe/dhcp/packet.hpp"
#include "pxe/proxy/decide.hpp"

namespace pxe::proxy {

inline constexpr std::uint16_t dhcp_port = 67;
inline constexpr std::uint16_t client_port = 68;
inline constexpr std::uint16_t boot_server_port = 4011;

// Where a request came from, as the socket saw it.
struct ingress {
    unsigned interface = 0;           // ifindex
    landscaper::ipv4_address source;  // of the datagram
    std::uint16_t source_port = 0;
    std::uint16_t port = dhcp_port;  // ours: 67 or 4011
};
// What to send: from `source` on `port` of ours, out of `interface`.
struct datagram {
    landscaper::bytes data;
    landscaper::ipv4_address destination;
    std::uint16_t destination_port = 0;
    landscaper::ipv4_address source;
    std::uint16_t source_port = 0;
    unsigned interface = 0;  // 0: by the routing table
};

// Whether a datagram goes to one machine that is not us, or to the clients of the segment: what a forged
// giaddr or source names may be neither.
bool is_sendable(const datagram& out, const server_facts& us);

// The request that decide() is asked about, from a decoded message.
request request_of(const dhcp::packet& p, const ingress& from);

// None for silence, and when no well-formed reply of a size that the client takes exists.
std::optional<datagram> reply_to(const dhcp::packet& question, const dhcp::client& who,
                                 const boot_entry* entry, const answer& decided, const server_facts& us,
                                 const ingress& from);

}  // namespace pxe::proxy
