#include "landscaper/base/mac_address.hpp"

#include "landscaper/base/hex.hpp"

namespace landscaper {

std::optional<mac_address> mac_address::parse(std::string_view text) {
    if (text.size() != 17 || (text[2] != ':' && text[2] != '-')) return std::nullopt;
    mac_address mac;
    for (std::size_t i = 0; i < 6; ++i) {
        if (i < 5 && text[i * 3 + 2] != text[2]) return std::nullopt;
        auto octet = from_hex(text.substr(i * 3, 2));
        if (!octet || octet->size() != 1) return std::nullopt;
        mac.octets[i] = octet->front();
    }
    return mac;
}

std::string mac_address::text() const {
    std::string out;
    for (auto octet : octets) {
        if (!out.empty()) out += ':';
        out += to_hex(bytes_view(&octet, 1));
    }
    return out;
}

std::uint64_t mac_address::number() const {
    std::uint64_t value = 0;
    for (auto octet : octets) value = value << 8 | octet;
    return value;
}

bool mac_address::is_unicast() const {
    return number() != 0 && !(octets[0] & 1);
}

}  // namespace landscaper
