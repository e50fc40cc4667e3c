#include "pxe/dhcp/options.hpp"

#include <algorithm>
#include <array>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/printable.hpp"
#include "pxe/dhcp/packet.hpp"

namespace pxe::dhcp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::ipv4_address;
using landscaper::reader;
using landscaper::writer;

using enum option_format;
static constexpr auto rows = std::to_array<option_row>({
    {option_code::subnet_mask, "subnet-mask", address, "RFC 2132, 3.3"},
    {option_code::routers, "routers", address_list, "RFC 2132, 3.5"},
    {option_code::name_servers, "name-servers", address_list, "RFC 2132, 3.8"},
    {option_code::host_name, "host-name", text, "RFC 2132, 3.14"},
    {option_code::domain_name, "domain-name", text, "RFC 2132, 3.17"},
    {option_code::mtu, "mtu", u16, "RFC 2132, 5.1"},
    {option_code::broadcast_address, "broadcast-address", address, "RFC 2132, 5.3"},
    {option_code::ntp_servers, "ntp-servers", address_list, "RFC 2132, 8.3"},
    {option_code::vendor_specific, "vendor-specific", raw, "RFC 2132, 8.4; PXE 2.1, table 2-1"},
    {option_code::requested_address, "requested-address", address, "RFC 2132, 9.1"},
    {option_code::lease_time, "lease-time", u32, "RFC 2132, 9.2"},
    {option_code::overload, "overload", u8, "RFC 2132, 9.3"},
    {option_code::message_type, "message-type", u8, "RFC 2132, 9.6"},
    {option_code::server_id, "server-id", address, "RFC 2132, 9.7"},
    {option_code::parameter_list, "parameter-list", raw, "RFC 2132, 9.8"},
    {option_code::message, "message", text, "RFC 2132, 9.9"},
    {option_code::max_message_size, "max-message-size", u16, "RFC 2132, 9.10"},
    {option_code::renewal_time, "renewal-time", u32, "RFC 2132, 9.11"},
    {option_code::rebinding_time, "rebinding-time", u32, "RFC 2132, 9.12"},
    {option_code::vendor_class, "vendor-class", text, "RFC 2132, 9.13"},
    {option_code::client_id, "client-id", raw, "RFC 2132, 9.14; RFC 6842"},
    {option_code::tftp_server_name, "tftp-server-name", text, "RFC 2132, 9.4"},
    {option_code::bootfile_name, "bootfile-name", text, "RFC 2132, 9.5"},
    {option_code::user_class, "user-class", raw, "RFC 3004; iPXE sends it without lengths"},
    {option_code::relay_agent, "relay-agent", raw, "RFC 3046"},
    {option_code::architecture, "architecture", u16_list, "RFC 4578, 2.1"},
    {option_code::network_interface, "network-interface", raw, "RFC 4578, 2.2"},
    {option_code::machine_id, "machine-id", raw, "RFC 4578, 2.3"},
    {option_code::domain_search, "domain-search", raw, "RFC 3397"},
    {option_code::classless_routes, "classless-routes", raw, "RFC 3442"},
    {option_code::ipxe, "ipxe", raw, "iPXE, include/ipxe/dhcp.h"},
    {option_code::landscaper, "landscaper", raw, "site-specific (RFC 3942): rack id and start time"},
});

const char* name_of(message_type type) {
    static constexpr std::array names = {"BOOTP", "DISCOVER", "OFFER",   "REQUEST", "DECLINE",
                                         "ACK",   "NAK",      "RELEASE", "INFORM"};
    auto index = static_cast<std::size_t>(type);
    return index < names.size() ? names[index] : "unknown";
}

std::span<const option_row> option_rows() {
    return rows;
}

const option_row* row_of(option_code code) {
    static const auto index = [] {
        std::array<const option_row*, 256> by_code{};
        for (const auto& row : rows) by_code[static_cast<std::uint8_t>(row.code)] = &row;
        return by_code;
    }();
    return index[static_cast<std::uint8_t>(code)];
}

bool is_well_formed(option_code code, bytes_view value) {
    const auto* row = row_of(code);
    if (!row) return true;
    switch (row->format) {
        case u8: return value.size() == 1;
        case u16: return value.size() == 2;
        case u16_list: return !value.empty() && value.size() % 2 == 0;
        case u32:
        case address: return value.size() == 4;
        case address_list: return !value.empty() && value.size() % 4 == 0;
        case text: return !value.empty();
        case raw: return true;
    }
    return true;
}

static std::string number_text(bytes_view value) {
    std::uint64_t number = 0;
    for (auto byte : value) number = number << 8 | byte;
    return std::to_string(number);
}

static std::string list_text(bytes_view value, std::size_t size, auto&& one) {
    std::string out;
    for (; value.size() >= size; value = value.subspan(size)) {
        if (!out.empty()) out += ",";
        out += one(value.first(size));
    }
    return out;
}

static std::string address_text(bytes_view value) {
    return ipv4_address{reader(value).be32()}.text();
}

std::string text_of(option_code code, bytes_view value) {
    const auto* row = row_of(code);
    if (!row) return "option " + std::to_string(static_cast<int>(code)) + " " + landscaper::to_hex(value);
    auto name = std::string(row->name) + " ";
    if (!is_well_formed(code, value)) return name + "malformed " + landscaper::to_hex(value);
    switch (row->format) {
        case u8:
        case u16:
        case u32: return name + number_text(value);
        case u16_list: return name + list_text(value, 2, number_text);
        case address:
        case address_list: return name + list_text(value, 4, address_text);
        case text: return name + landscaper::text::printable(landscaper::as_text(value), 256);
        case raw: return name + landscaper::to_hex(value);
    }
    return name;
}

static const bytes* well_formed(const packet& p, option_code code) {
    const auto* value = p.find(code);
    return value && is_well_formed(code, *value) ? value : nullptr;
}

std::optional<std::uint8_t> u8_in(const packet& p, option_code code) {
    const auto* value = well_formed(p, code);
    if (!value || value->size() != 1) return std::nullopt;
    return value->front();
}

std::optional<std::uint16_t> u16_in(const packet& p, option_code code) {
    const auto* value = well_formed(p, code);
    if (!value || value->size() != 2) return std::nullopt;
    return reader(*value).be16();
}

std::optional<ipv4_address> address_in(const packet& p, option_code code) {
    const auto* value = well_formed(p, code);
    if (!value || value->size() != 4) return std::nullopt;
    return ipv4_address{reader(*value).be32()};
}

std::string_view text_in(const packet& p, option_code code) {
    const auto* value = p.find(code);
    if (!value) return {};
    auto whole = landscaper::as_text(*value);
    while (whole.ends_with('\0')) whole.remove_suffix(1);
    return whole;
}

message_type type_of(const packet& p) {
    auto value = u8_in(p, option_code::message_type).value_or(0);
    return value <= static_cast<std::uint8_t>(message_type::inform) ? message_type{value}
                                                                    : message_type::none;
}

bytes u8_value(std::uint8_t value) {
    return {value};
}
bytes u32_value(std::uint32_t value) {
    return writer().be32(value).finish();
}
bytes u16_value(std::uint16_t value) {
    return writer().be16(value).finish();
}
bytes address_value(ipv4_address value) {
    return u32_value(value.number);
}

bytes addresses_value(std::span<const ipv4_address> values) {
    writer out;
    for (auto value : values) out.be32(value.number);
    return out.finish();
}

bytes text_value(std::string_view value) {
    auto data = landscaper::as_bytes(value);
    return {data.begin(), data.end()};
}

bytes domain_value(std::string_view name) {
    bytes out;
    for (std::size_t begin = 0; begin < name.size();) {
        auto end = std::min(name.find('.', begin), name.size());
        auto label = landscaper::as_bytes(name.substr(begin, std::min<std::size_t>(end - begin, 63)));
        out.push_back(static_cast<std::uint8_t>(label.size()));
        out.insert(out.end(), label.begin(), label.end());
        begin = end + 1;
    }
    out.push_back(0);
    return out;
}

std::optional<bytes_view> sub_option(bytes_view value, std::uint8_t code) {
    reader in(value);
    while (in.left() > 0) {
        auto found = in.u8();
        if (found == 255) return std::nullopt;
        if (found == 0) continue;  // Pad; no encapsulated option that we read has the code 0
        auto length = in.u8();
        auto data = in.take(length);
        if (in.failed()) return std::nullopt;
        if (found == code) return data;
    }
    return std::nullopt;
}

}  // namespace pxe::dhcp
