#include "pxe/proxy/seen.hpp"

#include "pxe/proxy/lease.hpp"

namespace pxe::proxy {

using dhcp::message_type;

// A REQUEST is broadcast and names the server whose offer the client took.
static std::optional<landscaper::ipv4_address> foreign_server_in(const dhcp::packet& question,
                                                                 const server_facts& us) {
    if (dhcp::type_of(question) != message_type::request) return std::nullopt;
    auto server = dhcp::address_in(question, dhcp::option_code::server_id);
    if (!server || server->is_zero() || is_ours(*server, us)) return std::nullopt;
    return server;
}

seen seen_of(const dhcp::packet& question, dhcp::client who, const boot_entry* entry, const answer& decided,
             bool was_sent, const server_facts& us) {
    seen event;
    event.who = std::move(who);
    event.relay = question.giaddr;
    event.known = entry != nullptr;
    event.foreign_server = foreign_server_in(question, us);
    if (const auto* silent = std::get_if<silence>(&decided)) {
        event.why = silent->why;
        event.detail = silent->detail;
        return event;
    }
    if (!was_sent) {
        event.why = reason::unsendable;
        return event;
    }
    const auto* told = std::get_if<tell>(&decided);
    event.sent = told ? told->type : message_type::nak;
    if (told && told->file) event.file = told->file->is_local_disk ? "local disk" : told->file->name;
    return event;
}

}  // namespace pxe::proxy
