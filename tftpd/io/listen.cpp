#include "tftpd/io/listen.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>

#include "tftpd/io/addresses.hpp"

namespace tftpd {

using landscaper::errno_error;
using landscaper::unique_fd;

static bool is_wildcard(const landscaper::ip_address& a) {
    landscaper::ip_address none;
    none.v6 = a.v6;
    return a == none;
}

static bool set(int fd, int level, int name, int value) {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

static bool bind_to_device(int fd, const std::string& device) {
    return device.empty() || ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                                          static_cast<socklen_t>(device.size())) == 0;
}

landscaper::result<unique_fd> bind_socket(const landscaper::ip_address& address, std::uint16_t port,
                                          const std::string& device) {
    auto where = "TFTP on " + text(endpoint{address, port, 0});
    unique_fd fd(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return errno_error(where);
    if (address.v6) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, !is_wildcard(address));
    if (!bind_to_device(fd.get(), device)) return errno_error(where + ": interface " + device);
    auto name = to_socket_address({address, port, 0});
    if (::bind(fd.get(), name.get(), name.size) < 0) {
        if (errno == EADDRINUSE) where += ": another TFTP server runs here; stop it";
        if (errno == EACCES) where += ": ports below 1024 need CAP_NET_BIND_SERVICE";
        return errno_error(where);
    }
    return fd;
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return 0;
    auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) < 0) return before;
    return limit.rlim_cur;
}

}  // namespace tftpd
