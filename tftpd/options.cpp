#include "tftpd/options.hpp"

#include <algorithm>
#include <charconv>

namespace tftpd {

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

static bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<transfer_mode> parse_mode(std::string_view mode) {
    if (same_word(mode, "octet")) return transfer_mode::octet;
    if (same_word(mode, "netascii")) return transfer_mode::netascii;
    return {};
}

// Digits only: other servers have taken "-5" for 65464 and "abc" for 1.
static std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

static std::optional<std::uint64_t> parse_within(std::string_view text, std::uint64_t low,
                                                 std::uint64_t high) {
    auto value = parse_number(text);
    if (!value || *value < low || *value > high) return {};
    return value;
}

std::uint16_t blksize_for_mtu(std::uint32_t mtu, bool v6) {
    const std::uint32_t headers = (v6 ? 40u : 20u) + 8u + static_cast<std::uint32_t>(header_size);
    if (mtu < headers + smallest_blksize) return smallest_blksize;
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(mtu - headers, largest_blksize));
}

// The first value of a repeated option counts, valid or not.
static const option* find(const std::vector<option>& asked, std::string_view name) {
    auto found =
        std::find_if(asked.begin(), asked.end(), [&](const option& o) { return same_word(o.name, name); });
    return found == asked.end() ? nullptr : &*found;
}

agreement negotiate(const std::vector<option>& asked, transfer_mode mode, std::uint16_t max_blksize) {
    agreement out;
    auto value_of = [&](std::string_view name, std::uint64_t low, std::uint64_t high) {
        auto o = find(asked, name);
        return o ? parse_within(o->value, low, high) : std::nullopt;
    };
    if (auto v = value_of("blksize", smallest_blksize, largest_blksize)) {
        out.blksize = static_cast<std::uint16_t>(std::min<std::uint64_t>(*v, max_blksize));
    }
    // Echoed exactly (EDK2 demands it); a second is also the longest that our own timer grows to.
    if (auto v = value_of("timeout", 1, 255)) out.timeout = static_cast<std::uint8_t>(*v);
    if (mode == transfer_mode::netascii) return out;
    if (auto v = value_of("windowsize", 1, 65535)) {
        out.windowsize = static_cast<std::uint16_t>(std::min<std::uint64_t>(*v, largest_windowsize));
    }
    if (auto o = find(asked, "tsize")) out.tsize = parse_number(o->value).has_value();
    return out;
}

option_ack acknowledge(const agreement& agreed, std::uint64_t size) {
    option_ack out;
    auto add = [&](const char* name, std::uint64_t value) {
        out.options.push_back({name, std::to_string(value)});
    };
    if (agreed.tsize) add("tsize", size);
    if (agreed.blksize) add("blksize", *agreed.blksize);
    if (agreed.timeout) add("timeout", *agreed.timeout);
    if (agreed.windowsize) add("windowsize", *agreed.windowsize);
    return out;
}

}  // namespace tftpd
