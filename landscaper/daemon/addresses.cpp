#include "landscaper/daemon/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

namespace landscaper::daemon {

static std::optional<ip_prefix> prefix_of(const ifaddrs& entry) {
    if (!entry.ifa_addr || !entry.ifa_netmask) return std::nullopt;
    ip_prefix out;
    if (entry.ifa_addr->sa_family == AF_INET) {
        auto* address = reinterpret_cast<const sockaddr_in*>(entry.ifa_addr);
        auto* mask = reinterpret_cast<const sockaddr_in*>(entry.ifa_netmask);
        out.address = ipv4_address{ntohl(address->sin_addr.s_addr)};
        out.length = static_cast<unsigned>(std::popcount(mask->sin_addr.s_addr));
        return out;
    }
    if (entry.ifa_addr->sa_family != AF_INET6) return std::nullopt;
    auto* address = reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr);
    auto* mask = reinterpret_cast<const sockaddr_in6*>(entry.ifa_netmask);
    if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) return std::nullopt;
    out.address.v6 = true;
    std::memcpy(out.address.octets.data(), &address->sin6_addr, 16);
    for (auto octet : mask->sin6_addr.s6_addr) out.length += static_cast<unsigned>(std::popcount(octet));
    return out;
}

std::vector<interface_address> own_addresses() {
    std::vector<interface_address> out, loopback;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) < 0) return out;
    std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
    for (auto* entry = list; entry; entry = entry->ifa_next) {
        auto prefix = prefix_of(*entry);
        if (!prefix || !(entry->ifa_flags & IFF_UP)) continue;
        auto& into = entry->ifa_flags & IFF_LOOPBACK ? loopback : out;
        into.push_back({entry->ifa_name, *prefix});
    }
    out.insert(out.end(), loopback.begin(), loopback.end());
    return out;
}

std::optional<ip_address> address_for(const std::vector<interface_address>& own,
                                      const std::optional<ip_address>& host,
                                      const std::vector<std::string>& interfaces) {
    if (host) {
        for (const auto& candidate : own) {
            if (candidate.address.contains(*host)) return candidate.address.address;
        }
    }
    for (const auto& candidate : own) {
        bool named = std::find(interfaces.begin(), interfaces.end(), candidate.interface) != interfaces.end();
        if (interfaces.empty() || named) return candidate.address.address;
    }
    if (own.empty()) return std::nullopt;
    return own.front().address.address;
}

}  // namespace landscaper::daemon
