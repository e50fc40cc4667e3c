// A 48-bit MAC address.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace landscaper {

struct mac_address {
    std::array<std::uint8_t, 6> octets{};

    // Accepts 52:54:00:0a:00:01 and 52-54-00-0A-00-01, nothing else.
    static std::optional<mac_address> parse(std::string_view text);
    // Lower case, colons.
    std::string text() const;
    std::uint64_t number() const;
    // Neither multicast nor all zeros.
    bool is_unicast() const;

    friend auto operator<=>(const mac_address&, const mac_address&) = default;
};

}  // namespace landscaper

template <>
struct std::hash<landscaper::mac_address> {
    std::size_t operator()(const landscaper::mac_address& mac) const noexcept {
        // The low bits of MACs of one rack are consecutive numbers; spread them (Fibonacci hashing).
        return static_cast<std::size_t>(mac.number() * 0x9e3779b97f4a7c15u);
    }
};
