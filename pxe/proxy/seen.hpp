// What is reported of every DHCP message: who asked, what was answered and why not. For the operator's
// screen and for diagnosis; never an input of a decision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "landscaper/base/ip_address.hpp"
#include "pxe/dhcp/client.hpp"
#include "pxe/dhcp/packet.hpp"
#include "pxe/proxy/decide.hpp"

namespace pxe::proxy {

struct seen {
    dhcp::client who;                // who.type: discover, request, inform, decline, release
    std::uint16_t port = 67;         // or 4011
    std::string interface;           // name; empty when it is gone already
    landscaper::ipv4_address relay;  // giaddr
    bool known = false;              // in the boot table
    dhcp::message_type sent{};       // offer, ack, nak; none: silence
    reason why{};                    // of the silence
    std::string detail;              // of the silence
    std::string file;                // what it was told to boot
    // DISCOVERs in a row, this one included, without a REQUEST: 2 and more say that no offer pleases the
    // client.
    unsigned discovers = 0;
    // Another server, from option 54 of a REQUEST, or from an answer to our probe; then `who` is empty.
    std::optional<landscaper::ipv4_address> foreign_server;
    bool foreign_is_proxy = false;
    // Another landscaper's rack id, empty when it has not heard of its rack yet; foreign_server is its
    // address, `why` says if we yield.
    std::optional<std::string> other_rack;
};

// What of it the message and the decision say; `was_sent` is whether the reply left. The interface's name and
// the count of DISCOVERs are the server's to add.
seen seen_of(const dhcp::packet& question, dhcp::client who, const boot_entry* entry, const answer& decided,
             bool was_sent, const server_facts& us);

}  // namespace pxe::proxy
