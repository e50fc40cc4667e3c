// What kind of machine sent a DHCP message: firmware class, stage of its boot, identity.
// Reads claims only: all of it is said by the client and proves nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/mac_address.hpp"
#include "pxe/dhcp/architecture.hpp"
#include "pxe/dhcp/options.hpp"

namespace pxe::dhcp {

struct packet;

// By the prefix of option 60; anything else is left alone.
enum class client_class { none, pxe, http };

struct client {
    client_class kind = client_class::none;
    const architecture* arch = nullptr;  // the first known one of option 93; none: no boot answer
    message_type type = message_type::none;
    bool is_ipxe = false;          // user class iPXE in any form, or option 175
    bool is_second_stage = false;  // our own iPXE build: user class "landscaper"
    bool is_u_boot = false;        // option 60 U-Boot...: reads only `file` and siaddr
    bool is_raspberry_pi = false;  // by OUI: says arch 0 and is no BIOS
    // chaddr; none when the firmware hides it behind the GUID (EDK2 SendGUID, hlen 16).
    std::optional<landscaper::mac_address> mac;
    std::optional<std::array<std::uint8_t, 16>> uuid;  // none when absent, all zeros or all ones
    landscaper::bytes machine_id;                      // option 97 when it may be echoed (17 bytes, type 0)
    std::string vendor_class;                          // option 60, made printable
    std::size_t max_reply = 548;                       // bytes of UDP payload that the client can take
    std::uint32_t xid = 0;
    std::uint16_t secs = 0;

    bool is_bios() const { return arch && arch->firmware == firmware::bios; }
    bool is_uefi() const { return arch && arch->firmware == firmware::uefi; }
    friend bool operator==(const client&, const client&) = default;
};

client classify(const packet& p);

}  // namespace pxe::dhcp
