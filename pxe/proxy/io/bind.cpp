#include "pxe/proxy/io/bind.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "landscaper/async/port_holder.hpp"

namespace pxe::proxy {

using landscaper::result;
using landscaper::unique_fd;

static result<void> set_option(int fd, int level, int option, int value) {
    if (::setsockopt(fd, level, option, &value, sizeof value) == 0) return {};
    return landscaper::errno_error("preparing a DHCP socket");
}

result<void> prepare_udp(int fd) {
    TRY_VOID(set_option(fd, SOL_SOCKET, SO_BROADCAST, 1));
    TRY_VOID(set_option(fd, IPPROTO_IP, IP_PKTINFO, 1));
    // A rack that is switched on at once; what the kernel refuses beyond its limit is no error.
    static_cast<void>(set_option(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20));
    return {};
}

result<unique_fd> bind_udp(std::uint16_t port) {
    auto what = "UDP port " + std::to_string(port);
    unique_fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return landscaper::errno_error(what);
    TRY_VOID(prepare_udp(fd.get()));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    auto failed = landscaper::errno_error(what);
    if (failed.code() == boost::system::errc::address_in_use) {
        auto holder = landscaper::holder_of_port(landscaper::port_kind::udp, port);
        if (holder.empty()) return failed;
        return landscaper::error(
            failed.code(), what + " is held by " + holder + "; stop it, or set `dhcp: off` in the inventory");
    }
    if (failed.code() == boost::system::errc::permission_denied) {
        return landscaper::error(failed.code(),
                                 what +
                                     " needs root or CAP_NET_BIND_SERVICE; start landscaper with "
                                     "sudo or by its service");
    }
    return failed;
}

}  // namespace pxe::proxy
