#include "pxe/proxy/decide.hpp"

#include "landscaper/base/overloaded.hpp"
#include "pxe/proxy/boot_program.hpp"
#include "pxe/proxy/fetch.hpp"
#include "pxe/proxy/lease.hpp"

namespace pxe::proxy {

using dhcp::client;
using dhcp::client_class;
using dhcp::message_type;

const char* describe(reason why) {
    switch (why) {
        case reason::none: return "answered";
        case reason::unknown_mac: return "not in the inventory";
        case reason::hidden_mac:
            return "hides its MAC address behind its UUID; switch that off in its firmware";
        case reason::not_a_boot_client: return "does not ask for a network boot";
        case reason::no_architecture: return "does not say a known firmware architecture";
        case reason::silent_stage: return "is not to be answered";
        case reason::missing_object: return "nothing fits its firmware";
        case reason::other_server: return "takes its address from another DHCP server";
        case reason::address_in_use: return "found its reserved address in use by another machine";
        case reason::not_for_us: return "asks nothing of us";
        case reason::wrong_link: return "has a reserved address outside the network it is in";
        case reason::interface_closed: return "came in on an interface that the inventory does not name";
        case reason::no_address: return "came in on an interface without an IPv4 address";
        case reason::dhcp_off: return "DHCP is off";
        case reason::second_landscaper: return "another landscaper was first on this segment";
        case reason::reflected: return "is our own packet";
        case reason::repeated: return "came twice, over two interfaces";
        case reason::unsendable: return "no answer could be sent to it";
        case reason::unknown_name: return "no such file";
        case reason::wrong_stage: return "not served in the host's present stage";
    }
    return "unknown reason";
}

namespace {

// What holds for every message on 67 and 4011; none when it may be answered.
reason obstacle(const boot_entry* entry, const client& who, landscaper::ipv4_address source,
                const server_facts& us) {
    if (!us.interface_allowed) return reason::interface_closed;
    if (us.network->mode == dhcp_mode::off) return reason::dhcp_off;
    if (us.yields) return reason::second_landscaper;
    if (is_ours(source, us)) return reason::reflected;
    if (!who.mac) return reason::hidden_mac;
    if (!entry) return reason::unknown_mac;
    if (entry->stage == stage::silent) return reason::silent_stage;
    if (us.address.is_zero()) return reason::no_address;
    return reason::none;
}

// UEFI by way of 4011: some firmware ignores offers with option 43, none was seen to dislike its absence
// (pixiecore, dnsmasq). A full DHCP answer needs no proxy style at all.
reply_style style_for(const boot_entry& entry, const client& who, bool with_address) {
    if (who.kind == client_class::http || who.is_ipxe) return reply_style::direct;
    if (entry.style != reply_style::automatic) return entry.style;
    return who.is_uefi() && !with_address ? reply_style::port_4011 : reply_style::direct;
}

bool contradicts_itself(const client& who) {
    return who.kind == client_class::pxe && who.arch && who.arch->over_http;
}

answer boot_answer(const boot_entry& entry, const client& who, const server_facts& us, message_type type,
                   bool at_boot_server) {
    if (who.kind == client_class::none) return silence{reason::not_a_boot_client, {}};
    // PXE with an architecture of HTTP Boot wants neither a TFTP name nor a URL for certain.
    if (!who.arch || contradicts_itself(who)) return silence{reason::no_architecture, {}};
    auto program = program_for(entry, who, us, !at_boot_server);
    if (!program.file) return silence{reason::missing_object, program.missing};
    return tell{type, program.file, false, style_for(entry, who, false)};
}

answer as_proxy(const boot_entry& entry, const client& who, const dhcp_message& message,
                const server_facts& us) {
    if (message.type == message_type::discover)
        return boot_answer(entry, who, us, message_type::offer, false);
    if (message.type == message_type::inform) return boot_answer(entry, who, us, message_type::ack, false);
    if (message.type != message_type::request || !message.server) return silence{reason::not_for_us, {}};
    if (!is_ours(*message.server, us)) return silence{reason::other_server, {}};
    return boot_answer(entry, who, us, message_type::ack, false);
}

answer with_reservation(const boot_entry& entry, const client& who, const dhcp_message& message,
                        const server_facts& us) {
    auto verdict = lease_for(entry.ip->ip, message, us);
    if (verdict.type == message_type::none) {
        bool is_taken = verdict.why == reason::address_in_use;
        return silence{verdict.why, is_taken ? entry.ip->ip.address.text() : ""};
    }
    if (verdict.type == message_type::nak) return refuse_address{};
    tell told{verdict.type, std::nullopt, true, style_for(entry, who, true)};
    if (who.kind != client_class::none && who.arch && !contradicts_itself(who))
        told.file = program_for(entry, who, us).file;
    return told;
}

answer on_dhcp(const boot_entry* entry, const client& who, const dhcp_message& message,
               const server_facts& us) {
    if (is_ours(message.giaddr, us)) return silence{reason::reflected, {}};
    auto why = obstacle(entry, who, message.source, us);
    if (why != reason::none) return silence{why, {}};
    bool reserved = us.network->mode == dhcp_mode::reservations && entry->ip && entry->ip->ip.address.v4();
    return reserved ? with_reservation(*entry, who, message, us) : as_proxy(*entry, who, message, us);
}

answer on_boot_server(const boot_entry* entry, const client& who, const boot_server_message& message,
                      const server_facts& us) {
    auto why = obstacle(entry, who, message.source, us);
    if (why != reason::none) return silence{why, {}};
    bool asks = message.type == message_type::request || message.type == message_type::inform;
    if (!asks || message.wants_credentials) return silence{reason::not_for_us, {}};
    return boot_answer(*entry, who, us, message_type::ack, true);
}

}  // namespace

answer decide(const boot_entry* entry, const client& who, const request& what, const server_facts& us) {
    return std::visit(landscaper::overloaded{
                          [&](const dhcp_message& m) { return on_dhcp(entry, who, m, us); },
                          [&](const boot_server_message& m) { return on_boot_server(entry, who, m, us); },
                          [&](const fetch& f) { return on_fetch(entry, f, us); },
                      },
                      what);
}

}  // namespace pxe::proxy
