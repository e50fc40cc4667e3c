// The block landscaper writes to a disk before anything else: whose disk this is and how far its installation
// came. Contract 4 fixes the layout; this is its only encoder and decoder.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/error.hpp"
#include "landscaper/base/sha256.hpp"

namespace landscaper::install {

using id128 = std::array<std::uint8_t, 16>;

inline constexpr std::uint64_t marker_offset = 524288;  // bytes from the start of the disk
inline constexpr std::size_t marker_size = 4096;        // bytes

enum class marker_state : std::uint16_t { open = 1, finished = 2 };

struct marker {
    marker_state state = marker_state::open;
    id128 rack{};
    id128 host{};
    id128 nonce{};           // of the attempt
    sha256_digest key_id{};  // SHA-256 of the rack's client public key text
    std::uint64_t time = 0;  // Unix time, seconds
    friend bool operator==(const marker&, const marker&) = default;
};

bytes encode(const marker& value);

enum class marker_errc {
    absent = 1,  // the magic is not there
    damaged,     // the magic is there, but size, checksum or padding is wrong
    newer,       // a version or state this landscaper does not know
};
const char* describe(marker_errc code);

result<marker> decode_marker(bytes_view block);

// 32 lower-case hex digits, and back.
std::string to_text(const id128& id);
std::optional<id128> parse_id(std::string_view text);

}  // namespace landscaper::install

LANDSCAPER_ERROR_ENUM(landscaper::install, marker_errc, "marker")
