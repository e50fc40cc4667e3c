#include "pxe/proxy/lease.hpp"

#include <algorithm>

namespace pxe::proxy {

using dhcp::message_type;

bool is_ours(landscaper::ipv4_address address, const server_facts& us) {
    if (address.is_zero()) return false;
    return address == us.address || (us.own && std::ranges::find(*us.own, address) != us.own->end());
}

// RFC 2131, 4.3.2: the state of the client is in which of 54, 50 and ciaddr it fills. A REQUEST that names
// another server is left alone, else two servers would both confirm it.
static lease_verdict on_request(landscaper::ipv4_address reserved, const dhcp_message& message,
                                const server_facts& us) {
    if (message.server && !is_ours(*message.server, us) && message.server != message.override_) {
        return {message_type::none, reason::other_server};
    }
    auto wanted = message.requested.value_or(message.ciaddr);
    return {wanted == reserved ? message_type::ack : message_type::nak, reason::none};
}

lease_verdict lease_for(landscaper::ip_prefix reserved, const dhcp_message& message, const server_facts& us) {
    if (!message.link.is_zero() && !reserved.contains(message.link)) {
        return {message_type::none, reason::wrong_link};
    }
    switch (message.type) {
        case message_type::discover: return {message_type::offer, reason::none};
        case message_type::request: return on_request(*reserved.address.v4(), message, us);
        case message_type::inform: return {message_type::ack, reason::none};
        case message_type::decline: return {message_type::none, reason::address_in_use};
        default: return {message_type::none, reason::not_for_us};
    }
}

}  // namespace pxe::proxy
