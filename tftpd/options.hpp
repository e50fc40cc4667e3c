// Which of the options that a client asked for are agreed, and with what value (RFC 2347, 2348, 2349, 7440).
// An invalid or unknown option is as if it had not been sent; nothing is ever agreed above what was asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "tftpd/packet.hpp"

namespace tftpd {

inline constexpr std::uint16_t default_blksize = 512;
inline constexpr std::uint16_t smallest_blksize = 8;
inline constexpr std::uint16_t largest_blksize = 65464;
// Above 64 some servers and clients fail, and one UDP_SEGMENT call carries no more.
inline constexpr std::uint16_t largest_windowsize = 64;

enum class transfer_mode : std::uint8_t { octet, netascii };
// Without case; none for `mail` and anything else.
std::optional<transfer_mode> parse_mode(std::string_view mode);

struct agreement {
    std::optional<std::uint16_t> blksize;
    std::optional<std::uint16_t> windowsize;
    std::optional<std::uint8_t> timeout;  // seconds
    bool tsize = false;

    std::uint16_t block_bytes() const { return blksize.value_or(default_blksize); }
    std::uint16_t window_blocks() const { return windowsize.value_or(1); }
    bool any() const { return blksize || windowsize || timeout || tsize; }
    friend bool operator==(const agreement&, const agreement&) = default;
};

// The largest blksize whose DATA fits into `mtu` bytes unfragmented: many ROMs cannot reassemble.
std::uint16_t blksize_for_mtu(std::uint32_t mtu, bool v6);

// With netascii, tsize and windowsize are left out: the size on the wire is not known beforehand, and a block
// can only be made from its predecessor.
agreement negotiate(const std::vector<option>& asked, transfer_mode mode, std::uint16_t max_blksize);

// The OACK of an agreement; `size` in bytes answers tsize.
option_ack acknowledge(const agreement& agreed, std::uint64_t size);

}  // namespace tftpd
