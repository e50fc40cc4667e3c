// `dhcp: reservations`: what a host of ours is answered about its address (RFC 2131, 4.3), and nobody else.
// Part of decide(); never invents an address.
#pragma once

#include "pxe/proxy/decide.hpp"

namespace pxe::proxy {

// The message type of the answer, or why there is none.
struct lease_verdict {
    dhcp::message_type type{};  // offer, ack, nak; none: silence
    reason why{};
};

lease_verdict lease_for(landscaper::ip_prefix reserved, const dhcp_message& message, const server_facts& us);

// Whether a server identifier means us.
bool is_ours(landscaper::ipv4_address address, const server_facts& us);

}  // namespace pxe::proxy
