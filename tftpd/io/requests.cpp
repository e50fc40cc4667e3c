#include "tftpd/io/requests.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tftpd/io/addresses.hpp"

namespace tftpd {

using landscaper::errno_error;

static constexpr int receive_buffer = 4 << 20;
static constexpr std::size_t largest_datagram = 2048;

static bool set(int fd, int level, int name, int value) {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

static bool is_v6(int fd) {
    int family = 0;
    socklen_t size = sizeof family;
    return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_INET6;
}

result<void> prepare_listening(int fd) {
    auto flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return errno_error("TFTP socket");
    // An IPv6 socket also takes IPv4; only IP_PKTINFO tells a broadcast there.
    if (!set(fd, IPPROTO_IP, IP_PKTINFO, 1)) return errno_error("TFTP socket: IP_PKTINFO");
    if (is_v6(fd) && !set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)) {
        return errno_error("TFTP socket: IPV6_RECVPKTINFO");
    }
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer)) set(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    return {};
}

static void note_v4(incoming& in, const in_pktinfo& info) {
    in.local = to_address(info.ipi_spec_dst);
    in.interface = static_cast<std::uint32_t>(info.ipi_ifindex);
    in.to_group = info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
}

static void note_v6(incoming& in, const in6_pktinfo& info) {
    if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr)) return;  // in_pktinfo says more
    in.local = to_address(info.ipi6_addr);
    in.interface = info.ipi6_ifindex;
    in.to_group = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
}

template <class Info>
static Info info_in(const cmsghdr* c) {
    Info info{};
    std::memcpy(&info, CMSG_DATA(c), sizeof info);
    return info;
}

static void note_destination(incoming& in, msghdr& message) {
    for (auto* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) note_v4(in, info_in<in_pktinfo>(c));
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
            note_v6(in, info_in<in6_pktinfo>(c));
    }
}

result<std::optional<incoming>> receive(int fd) {
    std::array<std::uint8_t, largest_datagram> buffer;
    alignas(cmsghdr) std::array<char, 256> control;
    socket_address from;
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_name = from.get();
    message.msg_namelen = from.size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto count = ::recvmsg(fd, &message, 0);
    // Errors about datagrams sent earlier (ICMP) are no errors of this socket.
    if (count < 0 && (errno == EBADF || errno == ENOTSOCK || errno == EINVAL))
        return errno_error("TFTP socket");
    if (count < 0) return std::optional<incoming>();
    incoming out;
    out.client = to_endpoint(from);
    note_destination(out, message);
    out.datagram.assign(buffer.begin(), buffer.begin() + count);
    return std::optional(std::move(out));
}

template <class Info>
static std::size_t put_info(std::array<char, 64>& control, int level, int type, const Info& info) {
    auto* c = reinterpret_cast<cmsghdr*>(control.data());
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(c), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

static std::size_t put_source(std::array<char, 64>& control, const incoming& to) {
    if (to.local.v6) {
        in6_pktinfo info{};
        info.ipi6_addr = to_in6_addr(to.local);
        info.ipi6_ifindex = is_link_local(to.local) ? to.interface : 0;
        return put_info(control, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
    in_pktinfo info{};
    info.ipi_spec_dst = to_in_addr(to.local);
    return put_info(control, IPPROTO_IP, IP_PKTINFO, info);
}

void answer_error(int fd, const incoming& to, error_number number, std::string_view text) {
    auto datagram = encode(error_message{number, std::string(text)});
    auto target = to_socket_address(to.client, is_v6(fd));
    alignas(cmsghdr) std::array<char, 64> control{};
    iovec part{datagram.data(), datagram.size()};
    msghdr message{};
    message.msg_name = target.get();
    message.msg_namelen = target.size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = put_source(control, to);
    (void)::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace tftpd
