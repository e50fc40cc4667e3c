// Finds the other servers of a segment without raw sockets: a DISCOVER as a relay would send it, whose
// answers come back to port 67, and our rack id in it, by which landscapers know each other. What unicast
// hides stays unknown. Pure: when to probe, and sending, are the server's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "pxe/dhcp/packet.hpp"

namespace pxe::proxy {

// This landscaper, as it says of itself in option 224.
struct identity {
    std::string rack;            // 128 bits in hex; may be empty
    std::uint32_t instance = 0;  // random per start: also the xid of its probes
    std::chrono::seconds up{};   // since its start
    friend bool operator==(const identity&, const identity&) = default;
};

struct neighbour {
    enum class kind { dhcp, proxy, landscaper };
    kind what{};
    landscaper::ipv4_address address;    // option 54, or the relay address of a landscaper's probe
    std::optional<identity> landscaper;  // when it is one
    friend bool operator==(const neighbour&, const neighbour&) = default;
};

// A DISCOVER of a UEFI PXE client behind a relay at `own`, with a locally administered MAC.
dhcp::packet probe_from(const identity& me, landscaper::ipv4_address own);
// The answer to another landscaper's probe: an OFFER of nothing, with our identity.
dhcp::packet probe_answer(const dhcp::packet& probe, const identity& me, landscaper::ipv4_address own);
// Who sent this: another landscaper's probe, or an answer to one of ours. None for everything else, ourselves
// included.
std::optional<neighbour> neighbour_in(const dhcp::packet& p, const identity& me);
// Our own probe: the kernel gives a broadcast to the sender's own sockets too.
bool is_own_probe(const dhcp::packet& p, const identity& me);
// Whether we were started after `other`, so that it is us who goes silent.
bool is_later(const identity& me, const identity& other);

}  // namespace pxe::proxy
