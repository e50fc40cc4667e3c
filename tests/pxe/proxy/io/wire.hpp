// Two network namespaces joined by a cable, for tests of the real sockets: the server's (s0, 10.0.0.2/24) and
// the client's (c0, 10.0.0.11/24). They vanish with this object. Needs root.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace pxe::fixtures {

using landscaper::ipv4_address;
using landscaper::unique_fd;

inline unique_fd this_namespace() {
    return unique_fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

// Runs one command of iproute2 in the present namespace.
inline bool ip(const std::string& arguments) {
    return std::system(("ip " + arguments + " 2>/dev/null").c_str()) == 0;
}

// The kernel attaches the queue of a new cable a moment after "up"; what is sent before is lost.
inline bool comes_up(const std::string& device) {
    for (int attempt = 0; attempt < 500; ++attempt) {
        if (std::system(("ip -o link show dev " + device + " | grep -q 'state UP'").c_str()) == 0)
            return true;
        ::usleep(2000);
    }
    return false;
}

class wire {
  public:
    wire() : before_(this_namespace()) {
        if (::unshare(CLONE_NEWNET) != 0) return;
        client_ = this_namespace();
        if (::unshare(CLONE_NEWNET) != 0) return;
        server_ = this_namespace();
        ok_ = ip("link set lo up") && add_cable("s0", "c0", "10.0.0.2/24", "10.0.0.11/24");
    }
    ~wire() { enter(before_); }
    wire(const wire&) = delete;
    wire& operator=(const wire&) = delete;

    // False when namespaces cannot be made here.
    explicit operator bool() const { return ok_; }
    void enter_client() const { enter(client_); }
    void enter_server() const { enter(server_); }

    // Leaves the thread in the server's namespace.
    bool add_cable(const std::string& server, const std::string& client, const std::string& server_address,
                   const std::string& client_address) const {
        enter_server();
        auto there = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(client_.get());
        bool laid = ip("link add " + server + " type veth peer name " + client) &&
                    ip("link set " + client + " netns " + there);
        laid = laid && ip("address add " + server_address + " dev " + server) &&
               ip("link set " + server + " up");
        enter_client();
        laid = laid && ip("address add " + client_address + " dev " + client) &&
               ip("link set " + client + " up");
        laid = laid && comes_up(client);
        enter_server();
        laid = laid && comes_up(server);
        return laid;
    }

  private:
    static void enter(const unique_fd& ns) {
        if (ns) static_cast<void>(::setns(ns.get(), CLONE_NEWNET));
    }
    unique_fd before_, client_, server_;
    bool ok_ = false;
};

// A UDP socket of the client's side, bound to a port and an interface.
class client_socket {
  public:
    client_socket(const wire& w, std::uint16_t port, const std::string& device) {
        w.enter_client();
        fd_ = unique_fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        int yes = 1;
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                     static_cast<socklen_t>(device.size()));
        auto here = address({}, port);
        bound_ = ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&here), sizeof here) == 0;
        w.enter_server();
    }
    bool is_bound() const { return bound_; }
    bool send(const landscaper::bytes& data, ipv4_address to, std::uint16_t port) const {
        auto there = address(to, port);
        auto size = ::sendto(fd_.get(), data.data(), data.size(), 0, reinterpret_cast<sockaddr*>(&there),
                             sizeof there);
        return size == static_cast<ssize_t>(data.size());
    }
    struct datagram {
        landscaper::bytes data;
        ipv4_address source;
        std::uint16_t source_port = 0;
    };
    std::optional<datagram> receive() const {
        landscaper::bytes buffer(2048);
        sockaddr_in from{};
        socklen_t length = sizeof from;
        auto size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&from), &length);
        if (size < 0) return std::nullopt;
        buffer.resize(static_cast<std::size_t>(size));
        return datagram{std::move(buffer), {ntohl(from.sin_addr.s_addr)}, ntohs(from.sin_port)};
    }

  private:
    static sockaddr_in address(ipv4_address ip_address, std::uint16_t port) {
        sockaddr_in out{};
        out.sin_family = AF_INET;
        out.sin_port = htons(port);
        out.sin_addr.s_addr = htonl(ip_address.number);
        return out;
    }
    unique_fd fd_;
    bool bound_ = false;
};

}  // namespace pxe::fixtures
