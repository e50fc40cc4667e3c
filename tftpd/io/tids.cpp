#include "tftpd/io/tids.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tftpd/io/addresses.hpp"

namespace tftpd {

using landscaper::errno_error;
using landscaper::error;
using landscaper::unique_fd;

// The kernel walks all sockets of a port for every datagram: few enough not to be noticed.
static constexpr std::size_t clients_per_port = 24;

static bool set_reuse(int fd) {
    int on = 1;
    return ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
}

static result<unique_fd> bound(const endpoint& local, bool reuse) {
    unique_fd fd(
        ::socket(local.address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || (reuse && !set_reuse(fd.get()))) return errno_error("transfer socket");
    auto name = to_socket_address(local);
    if (::bind(fd.get(), name.get(), name.size) < 0) return errno_error("transfer socket on " + text(local));
    return fd;
}

// Bound without reuse, or the kernel could choose a port of ours; shared from then on.
static result<std::shared_ptr<tid_port>> new_port(endpoint local) {
    TRY(auto fd, bound(local, false));
    socket_address name;
    if (!set_reuse(fd.get()) || ::getsockname(fd.get(), name.get(), &name.size) < 0) {
        return errno_error("transfer socket on " + text(local));
    }
    local.port = to_endpoint(name).port;
    auto port = std::make_shared<tid_port>();
    port->strangers = std::move(fd);
    port->local = local;
    return port;
}

static bool takes(const tid_port& port, const endpoint& client) {
    return port.clients.size() < clients_per_port &&
           std::find(port.clients.begin(), port.clients.end(), client) == port.clients.end();
}

// Without the port: which of our addresses.
static bool same_address(const endpoint& a, const endpoint& b) {
    return a.address == b.address && a.scope == b.scope;
}

result<std::shared_ptr<tid_port>> tids::port_for(const endpoint& local, const endpoint& client) {
    for (const auto& weak : open_ports_) {
        auto port = weak.lock();
        if (!port || !same_address(port->local, local)) continue;
        bool fits = local.port ? local.port == port->local.port : takes(*port, client);
        if (fits) return port;
    }
    auto port = unused_port(local);
    if (!port && !local.port && !range_.is_any()) {
        auto shared = emptiest_port(local, client);
        if (shared) return shared;
    }
    TRY_VOID(port);
    std::erase_if(open_ports_, [&](const std::weak_ptr<tid_port>& weak) {
        auto old = weak.lock();
        return !old || (!local.port && range_.is_any() && same_address(old->local, local));
    });
    open_ports_.push_back(*port);
    return port;
}

// Another program may have any of them.
result<std::shared_ptr<tid_port>> tids::unused_port(endpoint local) {
    if (local.port || range_.is_any()) return new_port(local);
    result<std::shared_ptr<tid_port>> out =
        error(boost::system::errc::make_error_code(boost::system::errc::address_in_use), "transfer socket");
    for (std::uint32_t port = range_.first; !out && port <= range_.last; ++port) {
        local.port = static_cast<std::uint16_t>(port);
        out = new_port(local);
    }
    return out;
}

// Rather one that this client has not had: late packets of an earlier transfer could be taken for the next
// one's.
std::shared_ptr<tid_port> tids::emptiest_port(const endpoint& local, const endpoint& client) const {
    std::shared_ptr<tid_port> best;
    auto worth = [&](const tid_port& port) {
        bool had = std::find(port.clients.begin(), port.clients.end(), client) != port.clients.end();
        return std::pair(had, port.clients.size());
    };
    for (const auto& weak : open_ports_) {
        auto port = weak.lock();
        if (port && same_address(port->local, local) && (!best || worth(*port) < worth(*best)))
            best = std::move(port);
    }
    return best;
}

// What came in between bind and connect, from anybody.
static void drain(int fd) {
    std::uint8_t ignored = 0;
    while (::recv(fd, &ignored, sizeof ignored, MSG_DONTWAIT) >= 0) {
    }
}

result<tid> tids::open(endpoint local, const endpoint& client) {
    TRY(auto port, port_for(local, client));
    TRY(auto fd, bound(port->local, true));
    auto name = to_socket_address(client);
    if (::connect(fd.get(), name.get(), name.size) < 0) return errno_error("transfer to " + text(client));
    drain(fd.get());
    port->clients.push_back(client);
    return tid{std::move(port), std::move(fd)};
}

static bool deserves_answer(bytes_view datagram) {
    auto p = decode(datagram);
    if (!p) return false;
    // ERROR is never answered, or two hosts could do so for ever; requests belong to the listening port.
    return std::holds_alternative<ack>(*p) || std::holds_alternative<data>(*p);
}

bool answer_stranger(const tid_port& port, std::uint64_t& answered) {
    std::array<std::uint8_t, 64> buffer;
    socket_address from;
    auto count = ::recvfrom(port.strangers.get(), buffer.data(), buffer.size(), 0, from.get(), &from.size);
    if (count < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    auto sender = to_endpoint(from);
    // A late ACK of a transfer that has ended: its client is no stranger and needs no error.
    bool known = std::find(port.clients.begin(), port.clients.end(), sender) != port.clients.end();
    if (known || !deserves_answer(bytes_view(buffer).first(static_cast<std::size_t>(count)))) return true;
    auto reply = encode(error_message{error_number::unknown_tid, "unknown transfer ID"});
    (void)::sendto(port.strangers.get(), reply.data(), reply.size(), MSG_DONTWAIT, from.get(), from.size);
    ++answered;
    return true;
}

}  // namespace tftpd
