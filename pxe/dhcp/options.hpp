// The DHCP options we read or write: one row each, with name, format and source. An option whose length does
// not fit its row reads as absent; unknown codes have no row and pass through untouched.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/ip_address.hpp"

namespace pxe::dhcp {

// Any value from 1 to 254 may occur; these are the ones with a row.
enum class option_code : std::uint8_t {
    subnet_mask = 1,
    routers = 3,
    name_servers = 6,
    host_name = 12,
    domain_name = 15,
    mtu = 26,
    broadcast_address = 28,
    ntp_servers = 42,
    vendor_specific = 43,
    requested_address = 50,
    lease_time = 51,
    overload = 52,
    message_type = 53,
    server_id = 54,
    parameter_list = 55,
    message = 56,
    max_message_size = 57,
    renewal_time = 58,
    rebinding_time = 59,
    vendor_class = 60,
    client_id = 61,
    tftp_server_name = 66,
    bootfile_name = 67,
    user_class = 77,
    relay_agent = 82,
    architecture = 93,
    network_interface = 94,
    machine_id = 97,
    domain_search = 119,
    classless_routes = 121,
    ipxe = 175,
    landscaper = 224,
};

enum class message_type : std::uint8_t {
    none = 0,  // absent: BOOTP
    discover = 1,
    offer,
    request,
    decline,
    ack,
    nak,
    release,
    inform,
};
const char* name_of(message_type type);

enum class option_format { u8, u16, u16_list, u32, address, address_list, text, raw };

struct option_row {
    option_code code;
    std::string_view name;
    option_format format;
    std::string_view source;  // where it is specified
};

std::span<const option_row> option_rows();
// None for codes without a row.
const option_row* row_of(option_code code);
// Whether a value has a length its row allows; true for codes without a row.
bool is_well_formed(option_code code, landscaper::bytes_view value);
// "architecture 7" or "option 150 0a000001": for people, safe to print.
std::string text_of(option_code code, landscaper::bytes_view value);

struct packet;

// The value, when the option is there and well-formed.
std::optional<std::uint8_t> u8_in(const packet& p, option_code code);
std::optional<std::uint16_t> u16_in(const packet& p, option_code code);
std::optional<landscaper::ipv4_address> address_in(const packet& p, option_code code);
// Without trailing NULs (RFC 2132, section 2).
std::string_view text_in(const packet& p, option_code code);
message_type type_of(const packet& p);

// Values for packet::set.
landscaper::bytes u8_value(std::uint8_t value);
landscaper::bytes u16_value(std::uint16_t value);
landscaper::bytes u32_value(std::uint32_t value);
landscaper::bytes address_value(landscaper::ipv4_address value);
landscaper::bytes addresses_value(std::span<const landscaper::ipv4_address> values);
landscaper::bytes text_value(std::string_view text);
// A DNS name as labels, uncompressed (RFC 1035, section 3.1; RFC 3397).
landscaper::bytes domain_value(std::string_view name);

// Encapsulated options (43, 82, 175): the value of one sub-option, none when absent or cut short.
std::optional<landscaper::bytes_view> sub_option(landscaper::bytes_view value, std::uint8_t code);

}  // namespace pxe::dhcp
