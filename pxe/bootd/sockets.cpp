#include "pxe/bootd/sockets.hpp"

#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "landscaper/async/file.hpp"
#include "landscaper/async/line_socket.hpp"
#include "landscaper/async/port_holder.hpp"
#include "landscaper/async/service_manager.hpp"
#include "pxe/proxy/io/bind.hpp"
#include "tftpd/io/addresses.hpp"
#include "tftpd/io/listen.hpp"

namespace pxe::bootd {

using landscaper::error;
using landscaper::ip_address;
using landscaper::port_kind;
using landscaper::result;
using landscaper::unique_fd;

// Says who holds the port and what to do, in place of the system's few words.
static error explained(const error& failed, port_kind kind, std::uint16_t port, const std::string& option) {
    auto what = std::string(kind == port_kind::tcp ? "TCP" : "UDP") + " port " + std::to_string(port);
    if (failed.code() == boost::system::errc::address_in_use) {
        auto holder = landscaper::holder_of_port(kind, port);
        auto who = holder.empty() ? "" : " is held by " + holder;
        return error(bootd_errc::port_taken, what + who + "; stop it, or choose another port with " + option);
    }
    if (failed.code() == boost::system::errc::permission_denied) {
        return error(bootd_errc::not_permitted,
                     what + " needs root or CAP_NET_BIND_SERVICE; or choose one above 1023 with " + option);
    }
    if (failed.code() == boost::system::errc::address_not_available) {
        return failed.in(what + ": this machine does not have the address of --listen");
    }
    return failed.in(what);
}

static result<unique_fd> listen_tcp(const ip_address& address, std::uint16_t port) {
    unique_fd fd(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return landscaper::errno_error("");
    int on = 1, off = 0;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on,
                 sizeof on);  // connections of our predecessor may linger
    ip_address any_v6;
    any_v6.v6 = true;
    if (address == any_v6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    auto name = tftpd::to_socket_address({address, port, 0});
    if (::bind(fd.get(), name.get(), name.size) != 0 || ::listen(fd.get(), 1024) != 0)
        return landscaper::errno_error("");
    return fd;
}

// Without --listen both families; IPv4 alone where the kernel has no IPv6.
template <class Bind>
static result<unique_fd> bind_all(const std::optional<ip_address>& listen, Bind bind) {
    if (listen) return bind(*listen);
    ip_address any_v6;
    any_v6.v6 = true;
    auto both = bind(any_v6);
    if (both || (both.error().code().value() != EAFNOSUPPORT && both.error().code().value() != EADDRNOTAVAIL))
        return both;
    return bind(ip_address());
}

static result<unique_fd> open_tftp(const options& from) {
    auto fd =
        bind_all(from.listen, [&](const ip_address& a) { return tftpd::bind_socket(a, from.tftp_port); });
    if (!fd) return explained(error(fd.error().code()), port_kind::udp, from.tftp_port, "--tftp-port");
    return fd;
}

static result<unique_fd> open_http(const options& from) {
    auto fd = bind_all(from.listen, [&](const ip_address& a) { return listen_tcp(a, from.http_port); });
    if (!fd) return explained(fd.error(), port_kind::tcp, from.http_port, "--http-port");
    return fd;
}

static result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return error(bootd_errc::bad_usage, "--socket " + path + ": longer than a socket's name may be");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// A socket file whose owner has died; one that answers is an error.
static result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0) return {};
    if (!S_ISSOCK(there.st_mode))
        return error(bootd_errc::bad_usage, "--socket " + path + ": a file that is no socket");
    unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        auto peer = landscaper::peer_of(probe.get());
        auto who = peer ? " (pid " + std::to_string(peer->pid) + ")" : "";
        return error(bootd_errc::already_running,
                     path + " answers" + who + "; stop it first, or choose another --socket");
    }
    if (errno != ECONNREFUSED) return landscaper::errno_error("--socket " + path);
    ::unlink(path.c_str());
    return {};
}

result<unique_fd> listen_on_file(const std::string& path) {
    TRY(auto address, address_of(path));
    auto slash = path.rfind('/');
    if (slash != path.npos && slash > 0) {
        TRY_VOID(landscaper::make_folders(path.substr(0, slash)));
    }
    TRY_VOID(remove_stale(path, address));
    unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return landscaper::errno_error("--socket " + path);
    auto before = ::umask(0177);
    auto failed = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    auto why = errno;
    ::umask(before);
    errno = why;
    if (failed != 0 || ::listen(fd.get(), 16) != 0) return landscaper::errno_error("--socket " + path);
    return fd;
}

static result<sockets> passed_sockets(std::multimap<std::string, unique_fd> passed) {
    sockets out;
    for (auto& [name, fd] : passed) {
        if (name == "dhcp") out.dhcp.dhcp = std::move(fd);
        if (name == "pxe") out.dhcp.boot_server = std::move(fd);
        if (name == "tftp") out.tftp = std::move(fd);
        if (name == "http") out.http = std::move(fd);
        if (name == "bootd") out.link = std::move(fd);
    }
    for (const auto* fd : {&out.dhcp.dhcp, &out.dhcp.boot_server}) {
        if (!*fd) continue;
        TRY_VOID(proxy::prepare_udp(fd->get()));
    }
    return out;
}

static result<void> check_interfaces(const options& from) {
    for (const auto& name : from.interfaces) {
        if (::if_nametoindex(name.c_str()) != 0) continue;
        std::string there;
        auto* list = ::if_nameindex();
        for (auto* at = list; at && at->if_name; ++at)
            there += (there.empty() ? "" : ", ") + std::string(at->if_name);
        if (list) ::if_freenameindex(list);
        return error(bootd_errc::no_interface,
                     "--interface " + name + ": no such interface; this machine has " + there);
    }
    return {};
}

result<sockets> open_sockets(const options& from) {
    TRY_VOID(check_interfaces(from));
    auto passed = landscaper::service_manager::listen_fds();
    if (!passed.empty()) return passed_sockets(std::move(passed));
    sockets out;
    if (from.wants_dhcp()) {
        TRY(out.dhcp.dhcp, proxy::bind_udp(67));
        TRY(out.dhcp.boot_server, proxy::bind_udp(4011));
    }
    if (from.tftp_port != 0) {
        TRY(out.tftp, open_tftp(from));
    }
    if (from.http_port != 0) {
        TRY(out.http, open_http(from));
    }
    if (from.is_standalone()) return out;
    TRY(out.link, listen_on_file(from.socket));
    out.made = from.socket;
    return out;
}

}  // namespace pxe::bootd
