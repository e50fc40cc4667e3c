#include "landscaper/install/marker.hpp"

#include <algorithm>

#include "landscaper/base/hex.hpp"

namespace landscaper::install {

namespace {

constexpr std::string_view magic = "LANDSCAP";
constexpr std::uint16_t version = 1;
constexpr std::size_t summed = 480;  // bytes before the checksum

template <std::size_t N>
std::array<std::uint8_t, N> fixed(bytes_view data) {
    std::array<std::uint8_t, N> out{};
    std::copy_n(data.begin(), std::min(N, data.size()), out.begin());
    return out;
}

}  // namespace

const char* describe(marker_errc code) {
    switch (code) {
        case marker_errc::absent: return "no marker";
        case marker_errc::damaged: return "the marker is damaged";
        case marker_errc::newer: return "the marker was written by a newer landscaper";
    }
    return "unknown error";
}

bytes encode(const marker& value) {
    writer out;
    out.put(magic).le16(version).le16(static_cast<std::uint16_t>(value.state)).le32(0);
    out.put(bytes_view(value.rack)).put(bytes_view(value.host)).put(bytes_view(value.nonce));
    out.put(bytes_view(value.key_id)).le64(value.time);
    out.zeros(summed - out.size());
    auto sum = sha256(out.data());
    out.put(bytes_view(sum));
    out.zeros(marker_size - out.size());
    return out.finish();
}

result<marker> decode_marker(bytes_view block) {
    reader in(block);
    if (as_text(in.take(magic.size())) != magic) return error(marker_errc::absent);
    if (block.size() != marker_size) return error(marker_errc::damaged, "wrong size");
    auto sum = sha256(block.first(summed));
    if (!std::ranges::equal(sum, block.subspan(summed, sum.size()))) {
        return error(marker_errc::damaged, "wrong checksum");
    }
    auto seen_version = in.le16();
    auto state = in.le16();
    if (seen_version != version) return error(marker_errc::newer, "version " + std::to_string(seen_version));
    if (state != 1 && state != 2) return error(marker_errc::newer, "state " + std::to_string(state));
    in.le32();
    marker out;
    out.state = static_cast<marker_state>(state);
    out.rack = fixed<16>(in.take(16));
    out.host = fixed<16>(in.take(16));
    out.nonce = fixed<16>(in.take(16));
    out.key_id = fixed<32>(in.take(32));
    out.time = in.le64();
    // The block is exactly what encode() makes: nothing hides in its padding.
    if (encode(out) != bytes(block.begin(), block.end())) return error(marker_errc::damaged, "padding");
    return out;
}

std::string to_text(const id128& id) {
    return to_hex(id);
}

std::optional<id128> parse_id(std::string_view text) {
    auto data = from_hex(text);
    if (text.size() != 32 || !data || data->size() != 16) return std::nullopt;
    return fixed<16>(*data);
}

}  // namespace landscaper::install
