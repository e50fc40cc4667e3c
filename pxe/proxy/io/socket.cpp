#include "pxe/proxy/io/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace pxe::proxy {

using landscaper::ipv4_address;

namespace {

struct envelope {
    sockaddr_in peer{};
    iovec part{};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(in_pktinfo))]{};
    msghdr header{};

    envelope(void* data, std::size_t size) {
        part = {data, size};
        header.msg_name = &peer;
        header.msg_namelen = sizeof peer;
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
    }
};

in_pktinfo packet_info(msghdr& header) {
    in_pktinfo info{};
    for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            std::memcpy(&info, CMSG_DATA(c), sizeof info);
        }
    }
    return info;
}

ipv4_address from_network(in_addr address) {
    return {ntohl(address.s_addr)};
}

}  // namespace

std::optional<received> receive(int fd, std::span<std::uint8_t> buffer) {
    for (;;) {
        envelope in(buffer.data(), buffer.size());
        auto size = ::recvmsg(fd, &in.header, MSG_DONTWAIT);
        // An ICMP error of an earlier reply is reported here once, and is no reason to stop.
        if (size < 0 && (errno == EINTR || errno == ECONNREFUSED)) continue;
        if (size < 0) return std::nullopt;
        if (in.header.msg_flags & MSG_TRUNC) continue;
        auto info = packet_info(in.header);
        received out;
        out.data = buffer.first(static_cast<std::size_t>(size));
        out.source = from_network(in.peer.sin_addr);
        out.source_port = ntohs(in.peer.sin_port);
        out.interface = static_cast<unsigned>(info.ipi_ifindex);
        out.destination = from_network(info.ipi_addr);
        out.preferred = from_network(info.ipi_spec_dst);
        return out;
    }
}

bool send(int fd, const datagram& out) {
    envelope to(const_cast<std::uint8_t*>(out.data.data()), out.data.size());
    to.peer.sin_family = AF_INET;
    to.peer.sin_port = htons(out.destination_port);
    to.peer.sin_addr.s_addr = htonl(out.destination.number);
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(out.interface);
    info.ipi_spec_dst.s_addr = htonl(out.source.number);
    auto* c = CMSG_FIRSTHDR(&to.header);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(c), &info, sizeof info);
    return ::sendmsg(fd, &to.header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

}  // namespace pxe::proxy
