// IPv4 and IPv6 addresses and prefixes as values. Never resolves names.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace landscaper {

struct ipv4_address {
    std::uint32_t number = 0;  // host byte order

    static std::optional<ipv4_address> parse(std::string_view text);
    static constexpr ipv4_address of(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
        return {std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d};
    }
    std::string text() const;
    bool is_zero() const { return number == 0; }

    friend auto operator<=>(const ipv4_address&, const ipv4_address&) = default;
};

// Either family. IPv6 text follows RFC 5952; no zones, no brackets.
struct ip_address {
    bool v6 = false;
    std::array<std::uint8_t, 16> octets{};  // v4 uses the first four

    ip_address() = default;
    ip_address(ipv4_address v4);
    static std::optional<ip_address> parse(std::string_view text);
    std::string text() const;
    std::optional<ipv4_address> v4() const;

    friend auto operator<=>(const ip_address&, const ip_address&) = default;
};

// An address with the length of its network's prefix: 10.0.0.11/24.
struct ip_prefix {
    ip_address address;
    unsigned length = 0;

    static std::optional<ip_prefix> parse(std::string_view text);
    std::string text() const;
    // Whether `other` lies in this network.
    bool contains(const ip_address& other) const;
    // The IPv4 netmask of `length` bits.
    ipv4_address netmask() const;

    friend auto operator<=>(const ip_prefix&, const ip_prefix&) = default;
};

}  // namespace landscaper

template <>
struct std::hash<landscaper::ipv4_address> {
    std::size_t operator()(landscaper::ipv4_address a) const noexcept {
        return static_cast<std::size_t>(std::uint64_t{a.number} * 0x9e3779b97f4a7c15u);
    }
};
