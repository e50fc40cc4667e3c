// Socket addresses to and from values. IPv4-mapped IPv6 addresses become IPv4, so that every other place
// knows one form.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "tftpd/source.hpp"

namespace tftpd {

struct socket_address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// `mapped`: IPv4 as ::ffff:a.b.c.d, for sending on an IPv6 socket.
socket_address to_socket_address(const endpoint& e, bool mapped = false);
endpoint to_endpoint(const socket_address& a);

landscaper::ip_address to_address(const in_addr& a);
landscaper::ip_address to_address(const in6_addr& a);
in_addr to_in_addr(const landscaper::ip_address& a);
in6_addr to_in6_addr(const landscaper::ip_address& a);

// fe80::/10: only unique together with an interface.
bool is_link_local(const landscaper::ip_address& a);

}  // namespace tftpd
