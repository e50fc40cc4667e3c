#include "landscaper/async/http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "landscaper/async/group.hpp"
#include "landscaper/async/http_connection.hpp"

namespace landscaper {

// Connections taken per turn of the loop.
static constexpr int accepted_per_turn = 64;

std::optional<std::string_view> http_request::header(std::string_view name) const {
    auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    for (const auto& field : headers) {
        if (std::equal(field.name.begin(), field.name.end(), name.begin(), name.end(), same))
            return field.value;
    }
    return std::nullopt;
}

struct http_server::shared {
    asio::any_io_executor executor;
    std::shared_ptr<http_service> service;
};

http_server::http_server(const asio::any_io_executor& executor, http_handler handler, http_limits limits)
    : shared_(std::make_shared<shared>()) {
    shared_->executor = executor;
    shared_->service = std::make_shared<http_service>();
    shared_->service->handler = std::move(handler);
    shared_->service->limits = limits;
    // sendfile knows no MSG_NOSIGNAL: a client that hangs up would end the program.
    std::signal(SIGPIPE, SIG_IGN);
}

http_server::~http_server() = default;

const http_server::counters& http_server::counted() const {
    return shared_->service->counted;
}

namespace {

// IPv4 also when it came in on an IPv6 socket. None for other families.
std::optional<ip_address> address_in(const sockaddr_storage& from, std::uint16_t& port, int& scope) {
    if (from.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &from, sizeof v4);
        port = ntohs(v4.sin_port);
        return ip_address(ipv4_address{ntohl(v4.sin_addr.s_addr)});
    }
    if (from.ss_family != AF_INET6) return std::nullopt;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    port = ntohs(v6.sin6_port);
    scope = static_cast<int>(v6.sin6_scope_id);
    const auto* octets = v6.sin6_addr.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        return ip_address(ipv4_address::of(octets[12], octets[13], octets[14], octets[15]));
    ip_address out;
    out.v6 = true;
    std::copy(octets, octets + 16, out.octets.begin());
    return out;
}

http_peer peer_of_connection(int fd) {
    http_peer peer;
    sockaddr_storage there{}, here{};
    socklen_t size = sizeof there;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&there), &size) != 0) return peer;
    size = sizeof here;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&here), &size);
    std::uint16_t our_port = 0;
    int ignored = 0;
    peer.address = address_in(there, peer.port, peer.interface);
    peer.local = address_in(here, our_port, ignored);
    if (there.ss_family != AF_UNIX) return peer;
    if (auto credentials = peer_of(fd)) peer.credentials = *credentials;
    return peer;
}

// Counts a connection as open for as long as it lives.
struct open_count {
    explicit open_count(std::shared_ptr<http_service> s) : service(std::move(s)) { ++service->counted.open; }
    ~open_count() { --service->counted.open; }
    std::shared_ptr<http_service> service;
};

task<> run_connection(asio::any_io_executor executor, int fd, std::shared_ptr<http_service> service) {
    open_count counted(service);
    auto peer = peer_of_connection(fd);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    int on = 1;
    if (address.ss_family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto protocol = asio::generic::stream_protocol(address.ss_family, 0);
    auto socket = http_wire::socket_type(executor, protocol, fd);
    auto wire = std::make_shared<http_wire>(std::move(socket), service->limits.idle);
    auto ended = co_await serve_http(std::move(wire), std::move(peer), std::move(service));
    // How a single client leaves is no news; what it got is told by on_sent.
    static_cast<void>(ended);
    co_return result<void>();
}

// Takes waiting connections; false when the process may open no more descriptors.
bool accept_waiting(int listening, group& connections, const asio::any_io_executor& executor,
                    const std::shared_ptr<http_service>& service) {
    for (int i = 0; i < accepted_per_turn; ++i) {
        unique_fd fd(::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd) return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
        ++service->counted.accepted;
        if (connections.size() >= service->limits.connections) {
            ++service->counted.refused;
            continue;
        }
        connections.spawn("http connection", run_connection(executor, fd.release(), service));
    }
    return true;
}

}  // namespace

task<> http_server::serve(unique_fd listening) {
    // After cancellation this coroutine still has to join its connections.
    co_await asio::this_coro::throw_if_cancelled(false);
    auto held = shared_;
    asio::posix::stream_descriptor socket(held->executor, listening.release());
    socket.non_blocking(true);
    // A handler that throws has broken an invariant: the server ends, and the program with it.
    group connections(held->executor, [&](const std::string&, const error*) {
        error_code ignored;
        if (connections.failed()) socket.cancel(ignored);
    });
    auto outcome = result<void>();
    for (;;) {
        auto [failed] = co_await socket.async_wait(asio::posix::descriptor_base::wait_read, as_result);
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) outcome = error(async_errc::cancelled);
        if (outcome && connections.failed()) outcome = error(asio::error::fault, "an HTTP handler failed");
        if (outcome && failed) outcome = error(failed, "waiting for HTTP connections");
        if (!outcome) break;
        if (accept_waiting(socket.native_handle(), connections, held->executor, held->service)) continue;
        // No descriptors left: connections that end give some back.
        auto slept = co_await sleep_for(std::chrono::milliseconds(100));
        static_cast<void>(slept);
    }
    co_await asio::this_coro::reset_cancellation_state();
    co_await connections.stop();
    co_return outcome;
}

task<> http_server::serve_connection(unique_fd connection) {
    auto held = shared_;
    auto ended = co_await run_connection(held->executor, connection.release(), held->service);
    co_return ended;
}

}  // namespace landscaper
