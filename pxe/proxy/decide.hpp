// The one decision behind DHCP on 67, the boot server on 4011, TFTP and HTTP: what a machine is told to boot,
// and what it may fetch. Pure; bytes for the wire are made in reply.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "landscaper/base/content.hpp"
#include "landscaper/base/ip_address.hpp"
#include "pxe/dhcp/client.hpp"
#include "pxe/proxy/entry.hpp"
#include "pxe/proxy/facts.hpp"
#include "pxe/proxy/table.hpp"

namespace pxe::proxy {

enum class transport { tftp, http };

// A DHCP message on port 67.
struct dhcp_message {
    dhcp::message_type type{};
    std::optional<landscaper::ipv4_address> server;     // option 54
    std::optional<landscaper::ipv4_address> requested;  // option 50
    std::optional<landscaper::ipv4_address> override_;  // the relay's server identifier (RFC 5107)
    landscaper::ipv4_address ciaddr;
    landscaper::ipv4_address giaddr;
    landscaper::ipv4_address link;    // the relay's link (RFC 3527), else giaddr; zero: not relayed
    landscaper::ipv4_address source;  // of the datagram
};
// A request to the PXE boot server on port 4011.
struct boot_server_message {
    dhcp::message_type type{};
    bool wants_credentials = false;   // layer bit 15 of option 43 sub 71: boot integrity services, not ours
    landscaper::ipv4_address source;  // of the datagram
};
// A file asked for by name; the name says for which host.
struct fetch {
    std::string_view name;
    transport via = transport::tftp;
};
using request = std::variant<dhcp_message, boot_server_message, fetch>;

enum class reason {
    none,
    unknown_mac,        // not in the boot table
    hidden_mac,         // chaddr holds the GUID (EDK2 SendGUID)
    not_a_boot_client,  // option 60 is neither PXEClient... nor HTTPClient...
    no_architecture,    // option 93 absent, odd or unknown
    silent_stage,       // the table says: nothing at all
    missing_object,     // nothing fits this firmware; `detail` names the missing object
    other_server,       // meant for the DHCP server in option 54
    address_in_use,     // DECLINE: the client found its reserved address on another machine
    not_for_us,         // RELEASE, replies, requests that a proxy leaves alone
    wrong_link,         // the reservation does not belong to the relay's network
    interface_closed,   // came in on an interface that the inventory does not name
    no_address,         // we have no address on that interface
    dhcp_off,           // `dhcp: off`
    second_landscaper,  // another rack's landscaper was on this segment first
    reflected,          // our own packet, or a relay that claims one of our addresses
    repeated,           // the same message over a second interface of the same bridge
    unsendable,         // no reply that fits the client, no address to send it to, or the kernel refused
    unknown_name,       // fetch: no such object, or no such token
    wrong_stage,        // fetch: a payload's object while the host is not to be installed
};
// One sentence for the screen.
const char* describe(reason why);

struct silence {
    reason why{};
    std::string detail;
    friend bool operator==(const silence&, const silence&) = default;
};
// The boot program of an OFFER or ACK: a TFTP name, a URL, or the disk (PXE boot server type 0).
struct boot_file {
    std::string name;
    bool is_url = false;
    bool is_local_disk = false;
    friend bool operator==(const boot_file&, const boot_file&) = default;
};
struct tell {
    dhcp::message_type type{};      // offer or ack
    std::optional<boot_file> file;  // none: an address and nothing to boot
    bool with_address = false;      // a full DHCP answer from the reservation
    reply_style style{};            // direct or port_4011
    friend bool operator==(const tell&, const tell&) = default;
};
// DHCPNAK: one of ours with an address that is not its own.
struct refuse_address {
    friend bool operator==(const refuse_address&, const refuse_address&) = default;
};
// The bytes of a fetch.
struct give {
    landscaper::content data;
    std::string object;        // uki.efi, kernel, ...
    const boot_entry* host{};  // whose token named it; none for a shared object under its own name
};
// TFTP error 1, HTTP 404.
struct refuse {
    reason why{};
    friend bool operator==(const refuse&, const refuse&) = default;
};
using answer = std::variant<silence, tell, refuse_address, give, refuse>;

// `entry` is the host found by MAC (DHCP) or by the token in the name (fetch), or none.
answer decide(const boot_entry* entry, const dhcp::client& who, const request& what, const server_facts& us);

// decide for a fetch: finds the host by the token in the name.
answer decide_fetch(const boot_table& table, const fetch& what, const server_facts& us);

}  // namespace pxe::proxy
