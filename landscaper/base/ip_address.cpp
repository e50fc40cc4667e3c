#include "landscaper/base/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace landscaper {

std::optional<ipv4_address> ipv4_address::parse(std::string_view text) {
    // inet_pton would stop at a NUL and take what stands before it.
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    in_addr out{};
    if (inet_pton(AF_INET, std::string(text).c_str(), &out) != 1) return std::nullopt;
    return ipv4_address{ntohl(out.s_addr)};
}

std::string ipv4_address::text() const {
    in_addr in{htonl(number)};
    char buffer[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, &in, buffer, sizeof buffer);
}

ip_address::ip_address(ipv4_address v4) {
    for (std::size_t i = 0; i < 4; ++i) octets[i] = static_cast<std::uint8_t>(v4.number >> (24 - 8 * i));
}

std::optional<ip_address> ip_address::parse(std::string_view text) {
    if (auto v4 = ipv4_address::parse(text)) return ip_address(*v4);
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    ip_address out;
    out.v6 = true;
    if (inet_pton(AF_INET6, std::string(text).c_str(), out.octets.data()) != 1) return std::nullopt;
    return out;
}

std::string ip_address::text() const {
    char buffer[INET6_ADDRSTRLEN];
    return inet_ntop(v6 ? AF_INET6 : AF_INET, octets.data(), buffer, sizeof buffer);
}

std::optional<ipv4_address> ip_address::v4() const {
    if (v6) return std::nullopt;
    return ipv4_address::of(octets[0], octets[1], octets[2], octets[3]);
}

std::optional<ip_prefix> ip_prefix::parse(std::string_view text) {
    auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto address = ip_address::parse(text.substr(0, slash));
    auto digits = text.substr(slash + 1);
    unsigned length = 0;
    auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!address || failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (length > (address->v6 ? 128u : 32u)) return std::nullopt;
    return ip_prefix{*address, length};
}

std::string ip_prefix::text() const {
    return address.text() + "/" + std::to_string(length);
}

bool ip_prefix::contains(const ip_address& other) const {
    if (other.v6 != address.v6) return false;
    for (unsigned bit = 0; bit < length; ++bit) {
        auto mask = static_cast<std::uint8_t>(0x80 >> bit % 8);
        if ((address.octets[bit / 8] ^ other.octets[bit / 8]) & mask) return false;
    }
    return true;
}

ipv4_address ip_prefix::netmask() const {
    if (length == 0) return {};
    return {~std::uint32_t{0} << (32 - std::min(length, 32u))};
}

}  // namespace landscaper
