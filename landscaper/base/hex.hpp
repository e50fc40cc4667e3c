// Hexadecimal text, in both directions, and the "01 02"_hex literal for packets in tests and tables.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "landscaper/base/bytes.hpp"

namespace landscaper {

// Lower-case digits, no separators.
std::string to_hex(bytes_view data);
// Pairs of digits of either case; blanks and line ends between pairs are skipped. None on anything else.
std::optional<bytes> from_hex(std::string_view text);

namespace detail {

template <std::size_t N>
struct hex_text {
    char text[N]{};
    consteval hex_text(const char (&literal)[N]) { std::copy_n(literal, N, text); }
};

consteval int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    throw "not a hexadecimal digit";
}

template <hex_text Text>
consteval auto parse_hex() {
    constexpr auto digits = [] {
        std::size_t count = 0;
        for (char c : Text.text) count += c != ' ' && c != '\n' && c != '\0';
        return count;
    }();
    static_assert(digits % 2 == 0, "hexadecimal digits come in pairs");
    std::array<std::uint8_t, digits / 2> out{};
    std::size_t n = 0;
    for (char c : Text.text) {
        if (c == ' ' || c == '\n' || c == '\0') continue;
        out[n / 2] = static_cast<std::uint8_t>(out[n / 2] << 4 | hex_digit(c));
        ++n;
    }
    return out;
}

}  // namespace detail

namespace literals {

// "01 01 06 00"_hex is a bytes value; wrong digits do not compile.
template <detail::hex_text Text>
bytes operator""_hex() {
    constexpr auto data = detail::parse_hex<Text>();
    return bytes(data.begin(), data.end());
}

}  // namespace literals

}  // namespace landscaper
