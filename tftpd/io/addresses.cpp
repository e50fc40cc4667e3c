#include "tftpd/io/addresses.hpp"

#include <cstring>

namespace tftpd {

using landscaper::ip_address;

ip_address to_address(const in_addr& a) {
    return landscaper::ipv4_address{ntohl(a.s_addr)};
}

ip_address to_address(const in6_addr& a) {
    if (IN6_IS_ADDR_V4MAPPED(&a)) {
        in_addr v4{};
        std::memcpy(&v4, &a.s6_addr[12], sizeof v4);
        return to_address(v4);
    }
    ip_address out;
    out.v6 = true;
    std::memcpy(out.octets.data(), a.s6_addr, out.octets.size());
    return out;
}

in_addr to_in_addr(const ip_address& a) {
    in_addr out{};
    std::memcpy(&out, a.octets.data(), sizeof out);
    return out;
}

in6_addr to_in6_addr(const ip_address& a) {
    in6_addr out{};
    if (a.v6) {
        std::memcpy(out.s6_addr, a.octets.data(), a.octets.size());
    } else {
        out.s6_addr[10] = out.s6_addr[11] = 0xff;
        std::memcpy(&out.s6_addr[12], a.octets.data(), 4);
    }
    return out;
}

bool is_link_local(const ip_address& a) {
    return a.v6 && a.octets[0] == 0xfe && (a.octets[1] & 0xc0) == 0x80;
}

socket_address to_socket_address(const endpoint& e, bool mapped) {
    socket_address out;
    if (e.address.v6 || mapped) {
        auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(e.port);
        v6->sin6_addr = to_in6_addr(e.address);
        v6->sin6_scope_id = e.scope;
        out.size = sizeof *v6;
    } else {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(e.port);
        v4->sin_addr = to_in_addr(e.address);
        out.size = sizeof *v4;
    }
    return out;
}

endpoint to_endpoint(const socket_address& a) {
    endpoint out;
    if (a.storage.ss_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&a.storage);
        out.address = to_address(v6->sin6_addr);
        out.port = ntohs(v6->sin6_port);
        out.scope = is_link_local(out.address) ? v6->sin6_scope_id : 0;
    } else if (a.storage.ss_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(&a.storage);
        out.address = to_address(v4->sin_addr);
        out.port = ntohs(v4->sin_port);
    }
    return out;
}

}  // namespace tftpd
