#include "landscaper/async/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <atomic>
#include <thread>

#include "landscaper/async/file.hpp"
#include "landscaper/async/group.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace std::chrono_literals;

namespace {

unique_fd listen_on_loopback(std::uint16_t& port) {
    unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd.get(), 512) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

// A file, zeros and literal bytes: what a composed NBP is made of.
content composed(std::size_t file_size) {
    bytes data(file_size);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
    auto file = *sealed_memfd("composed", data);
    return content({whole_file(file), zero_extent{100000}, literal({'e', 'n', 'd'})});
}
std::string text_of(const content& what, std::size_t file_size) {
    std::string out(file_size, '\0');
    for (std::size_t i = 0; i < file_size; ++i) out[i] = static_cast<char>(i * 7 + i / 251);
    out += std::string(100000, '\0') + "end";
    REQUIRE(out.size() == what.size());
    return out;
}

// The server on a thread of its own, so that tests can be plain blocking clients.
class running_server {
  public:
    explicit running_server(http_handler handler, http_limits limits = {})
        : server_(context_.get_executor(), std::move(handler), limits), members_(context_.get_executor()) {
        auto listening = listen_on_loopback(port);
        members_.spawn("server", server_.serve(std::move(listening)));
        thread_ = std::thread([this] { context_.run(); });
    }
    ~running_server() { stop(); }
    void stop() {
        if (!thread_.joinable()) return;
        asio::co_spawn(context_, members_.stop(), asio::detached);
        thread_.join();
    }
    std::uint16_t port = 0;
    const http_server::counters& counted() const { return server_.counted(); }

  private:
    asio::io_context context_{1};
    http_server server_;
    group members_;
    std::thread thread_;
};

class client {
  public:
    explicit client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        timeval limit{20, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    void send(std::string_view text) {
        while (!text.empty()) {
            auto count = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    // Up to and with the empty line.
    std::string head() {
        while (in_.find("\r\n\r\n") == in_.npos && more()) {
        }
        auto end = std::min(in_.find("\r\n\r\n"), in_.size() - std::min<std::size_t>(in_.size(), 4)) + 4;
        return cut(std::min(end, in_.size()));
    }
    std::string take(std::size_t count) {
        while (in_.size() < count && more()) {
        }
        return cut(std::min(count, in_.size()));
    }
    std::string to_end() {
        while (more()) {
        }
        return cut(in_.size());
    }
    void close() { fd_.reset(); }

  private:
    bool more() {
        char buffer[65536];
        auto count = ::recv(fd_.get(), buffer, sizeof buffer, 0);
        if (count > 0) in_.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    }
    std::string cut(std::size_t count) {
        auto out = in_.substr(0, count);
        in_.erase(0, count);
        return out;
    }
    unique_fd fd_;
    std::string in_;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

asio::awaitable<http_response> echo(http_request request) {
    http_response out;
    out.headers.push_back({"X-Seen", request.method + " " + request.target});
    out.body = request.body.empty() ? std::string("hello") : request.body;
    co_return out;
}

}  // namespace

TEST_CASE("requests of one connection are answered in order, also when sent together") {
    running_server server(echo);
    client c(server.port);
    c.send(
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcHEAD "
        "/c?q=1 "
        "HTTP/1.1\r\nHost: x\r\n\r\n");
    auto first = c.head();
    CHECK(contains(first, "HTTP/1.1 200 OK\r\n"));
    CHECK(contains(first, "X-Seen: GET /a\r\n"));
    CHECK(contains(first, "Content-Length: 5\r\n"));
    CHECK(contains(first, " GMT\r\n"));
    CHECK(c.take(5) == "hello");
    CHECK(contains(c.head(), "X-Seen: POST /b"));
    CHECK(c.take(3) == "abc");
    auto third = c.head();
    CHECK(contains(third, "X-Seen: HEAD /c?q=1"));
    CHECK(contains(third, "Content-Length: 5\r\n"));
    // No body after HEAD: the next answer follows at once.
    c.send("GET /d HTTP/1.0\r\n\r\n");
    CHECK(contains(c.head(), "HTTP/1.0 200 OK"));
    CHECK(c.to_end() == "hello");
}

TEST_CASE("an HTTP/1.0 client may keep its connection") {
    running_server server(echo);
    client c(server.port);
    for (int i = 0; i < 3; ++i) {
        c.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(contains(c.head(), "Connection: keep-alive"));
        CHECK(c.take(5) == "hello");
    }
}

TEST_CASE("bytes that are no request get a short error and the end of the connection") {
    http_limits limits;
    limits.header = 1024;
    limits.body = 10;
    running_server server(echo, limits);
    auto answer_to = [&](const std::string& text) {
        client c(server.port);
        c.send(text);
        return c.to_end();
    };
    CHECK(contains(answer_to("rubbish\r\n\r\n"), "HTTP/1.1 400 "));
    CHECK(contains(answer_to("GET / HTTP/1.1\r\nHost: x\r\nLong: " + std::string(3000, 'a') + "\r\n\r\n"),
                   "431"));
    CHECK(contains(answer_to("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n01234567890"), "413"));
    CHECK(contains(answer_to("GET / HTTP/9.9\r\nHost: x\r\n\r\n"), "HTTP/1.1 "));
    CHECK(contains(
        answer_to(
            "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\nGET / "
            "HTTP/1.0\r\n\r\n"),
        "abcde"));
}

TEST_CASE("a client that waits for 100-continue gets it") {
    running_server server(echo);
    client c(server.port);
    c.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(c.head() == "HTTP/1.1 100 Continue\r\n\r\n");
    c.send("body");
    CHECK(contains(c.head(), "200 OK"));
    CHECK(c.take(4) == "body");
}

TEST_CASE("a body of extents arrives byte for byte, to 100 clients at once, some of them slow") {
    constexpr std::size_t file_size = 1 << 20;
    auto body = composed(file_size);
    auto expected = text_of(body, file_size);
    std::atomic<int> ended{0}, complete{0};
    running_server server([&](http_request) -> asio::awaitable<http_response> {
        http_response out;
        out.body = body;
        out.on_sent = [&](const http_sent& sent) {
            if (sent.ended) ++ended;
            if (sent.ended && sent.complete && sent.bytes == expected.size()) ++complete;
        };
        co_return out;
    });
    std::vector<std::unique_ptr<client>> clients;
    for (int i = 0; i < 100; ++i) {
        clients.push_back(std::make_unique<client>(server.port));
        clients.back()->send("GET /nbp HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    // The first reads only after all others: it stalls no one.
    for (auto i = clients.size(); i-- > 0;) {
        CHECK(contains(clients[i]->head(), "Content-Length: " + std::to_string(expected.size())));
        CHECK((clients[i]->take(expected.size()) == expected));
    }
    server.stop();
    CHECK(ended == 100);
    CHECK(complete == 100);
}

TEST_CASE("a client that reads nothing is dropped after the idle time, and its transfer ends incomplete") {
    auto body = composed(std::size_t{64} << 20);
    std::atomic<bool> ended{false}, complete{false};
    http_limits limits;
    limits.idle = 1s;
    running_server server(
        [&](http_request) -> asio::awaitable<http_response> {
            http_response out;
            out.body = body;
            out.on_sent = [&](const http_sent& sent) {
                if (sent.ended) complete = sent.complete, ended = true;
            };
            co_return out;
        },
        limits);
    client lazy(server.port);
    lazy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client silent(server.port);
    CHECK(silent.to_end().empty());  // never asks anything
    for (int i = 0; i < 1000 && !ended; ++i) std::this_thread::sleep_for(10ms);
    CHECK(ended);
    CHECK(!complete);
}

TEST_CASE("a streaming body is sent in chunks, and to HTTP/1.0 until the connection ends") {
    running_server server([](http_request) -> asio::awaitable<http_response> {
        http_response out;
        out.body = http_streaming_body([](http_stream& to) -> task<> {
            for (int i = 0; i < 3; ++i) {
                auto line = "data: " + std::to_string(i) + "\n\n";
                CO_TRY_VOID(co_await to.write(line));
            }
            co_return result<void>();
        });
        co_return out;
    });
    client modern(server.port);
    modern.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(contains(modern.head(), "Transfer-Encoding: chunked"));
    std::string chunks = "9\r\ndata: 0\n\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n";
    CHECK(modern.take(chunks.size()) == chunks);
    client old(server.port);
    old.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(!contains(old.head(), "chunked"));
    CHECK(old.to_end() == "data: 0\n\ndata: 1\n\ndata: 2\n\n");
}

TEST_CASE("the server stops while clients are connected") {
    running_server server(echo);
    client idle(server.port);
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(contains(idle.head(), "200"));
    client half(server.port);
    half.send("GET / HTT");
    server.stop();
    CHECK(half.to_end().empty());
}

TEST_CASE("a handler that throws ends the server, not just its connection") {
    asio::io_context context(1);
    http_server server(context.get_executor(), [](http_request) -> asio::awaitable<http_response> {
        throw std::runtime_error("invariant");
        co_return http_response{};
    });
    std::uint16_t port = 0;
    auto listening = listen_on_loopback(port);
    std::optional<result<void>> outcome;
    asio::co_spawn(context, server.serve(std::move(listening)),
                   [&](std::exception_ptr, result<void> r) { outcome = std::move(r); });
    client c(port);
    c.send("GET / HTTP/1.0\r\n\r\n");
    context.run();
    REQUIRE(outcome);
    CHECK(outcome->error().context() == "an HTTP handler failed");
}

TEST_CASE("a Unix peer is known by its credentials") {
    asio::io_context context(1);
    std::optional<unix_peer> seen;
    http_server server(context.get_executor(), [&](http_request request) -> asio::awaitable<http_response> {
        seen = request.peer.credentials;
        co_return http_response{};
    });
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    unique_fd mine(ends[0]);
    REQUIRE(::write(mine.get(), "GET / HTTP/1.0\r\n\r\n", 18) == 18);
    asio::co_spawn(context, server.serve_connection(unique_fd(ends[1])), asio::detached);
    context.run();
    REQUIRE(seen);
    CHECK(seen->uid == ::getuid());
}
