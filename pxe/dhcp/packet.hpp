// One DHCP message (RFC 2131) as plain values, and the way from and to the wire.
// Never decides anything; options it does not know are kept as they came.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/error.hpp"
#include "landscaper/base/ip_address.hpp"
#include "pxe/dhcp/options.hpp"

namespace pxe::dhcp {

enum class packet_errc {
    truncated = 1,  // shorter than the fixed fields and the magic cookie (240 bytes)
    no_cookie,      // BOOTP without options, or something else altogether
    bad_hardware,   // hlen above 16, or an Ethernet address that is neither 6 nor (EDK2 SendGUID) 16 bytes
                    // long
    bad_option,     // an option runs past the end of its field
    too_large,      // encode: the options do not fit into the size the client can take
};
const char* describe(packet_errc code);

struct option {
    option_code code{};
    landscaper::bytes value;
    friend bool operator==(const option&, const option&) = default;
};

struct packet {
    std::uint8_t op = 1;     // 1 BOOTREQUEST, 2 BOOTREPLY
    std::uint8_t htype = 1;  // 1 Ethernet
    std::uint8_t hlen = 6;
    std::uint8_t hops = 0;
    std::uint32_t xid = 0;
    std::uint16_t secs = 0;
    std::uint16_t flags = 0;  // 0x8000: answer by broadcast
    landscaper::ipv4_address ciaddr, yiaddr, siaddr, giaddr;
    std::array<std::uint8_t, 16> chaddr{};
    std::string sname;            // at most 63 bytes, as it came; empty when it carried options
    std::string file;             // at most 127 bytes, likewise
    std::vector<option> options;  // in order of first appearance, repeats joined (RFC 3396)

    // None when absent.
    const landscaper::bytes* find(option_code code) const;
    // Replaces the option, or appends it.
    packet& set(option_code code, landscaper::bytes value);
    packet& remove(option_code code);
    friend bool operator==(const packet&, const packet&) = default;
};

inline constexpr std::uint16_t broadcast_flag = 0x8000;
// Old relays and ROMs drop anything below a BOOTP message of 300 bytes (RFC 1542, 2.1).
inline constexpr std::size_t least_message = 300;
// EDK2 discards DHCP messages above this many bytes.
inline constexpr std::size_t largest_message = 1472;

landscaper::result<packet> decode(landscaper::bytes_view data);
// Options in their order, long ones split (RFC 3396), overflow moved to the empty ones of `file` and `sname`
// (option 52). At least 300 bytes, at most `max_size` bytes of UDP payload.
landscaper::result<landscaper::bytes> encode(const packet& p, std::size_t max_size = largest_message);

}  // namespace pxe::dhcp

LANDSCAPER_ERROR_ENUM(pxe::dhcp, packet_errc, "dhcp")
