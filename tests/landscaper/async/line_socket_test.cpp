#include "landscaper/async/line_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "landscaper/async/file.hpp"
#include "landscaper/async/group.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;

namespace {

struct pair {
    line_socket left, right;
};

line_socket wrap(const asio::any_io_executor& executor, int fd) {
    return line_socket(line_socket::socket_type(executor, asio::local::stream_protocol(), fd));
}

pair connected(const asio::any_io_executor& executor) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    return {wrap(executor, ends[0]), wrap(executor, ends[1])};
}

std::string content_of(const unique_fd& fd) {
    char text[64]{};
    auto count = ::pread(fd.get(), text, sizeof text, 0);
    return {text, static_cast<std::size_t>(count > 0 ? count : 0)};
}

// Lines with and without descriptors in turn, written before the first is read: the kernel may glue them.
task<> send_mixed(line_socket& out, int count) {
    for (int i = 0; i < count; ++i) {
        auto number = std::to_string(i);
        if (i % 3 == 0) {
            auto file = sealed_memfd("test", as_bytes(number));
            auto fds = std::vector<int>{(*file)->fd.get()};
            CO_TRY_VOID(co_await out.send(number, fds));
        } else if (i % 3 == 1) {
            CO_TRY_VOID(co_await out.send_all(number + "\n"));
        } else {
            auto padded = number + std::string(static_cast<std::size_t>(i) * 37 % 9000, '.');
            CO_TRY_VOID(co_await out.send(padded));
        }
    }
    out.close();
    co_return result<void>();
}

task<> receive_mixed(line_socket& in, int count) {
    for (int i = 0; i < count; ++i) {
        CO_TRY(auto line, co_await in.receive());
        auto number = std::to_string(i);
        CHECK(line.text.substr(0, number.size()) == number);
        REQUIRE(line.descriptors.size() == (i % 3 == 0 ? 1u : 0u));
        if (i % 3 == 0) CHECK(content_of(line.descriptors[0]) == number);
    }
    auto end = co_await in.receive();
    REQUIRE(!end);
    CHECK(end.error().code() == line_errc::closed);
    co_return result<void>();
}

task<> exchange(int count) {
    auto executor = co_await asio::this_coro::executor;
    auto ends = connected(executor);
    group members(executor);
    members.spawn("sender", send_mixed(ends.left, count));
    auto received = co_await receive_mixed(ends.right, count);
    co_await members.join();
    co_return received;
}

task<> line_of(std::size_t size, std::size_t allowed, error_code expected) {
    auto executor = co_await asio::this_coro::executor;
    int raw[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, raw) == 0);
    auto in =
        line_socket(line_socket::socket_type(executor, asio::local::stream_protocol(), raw[0]), allowed);
    unique_fd out(raw[1]);
    auto text = std::string(size, 'x') + "\n";
    REQUIRE(::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    auto line = co_await in.receive();
    if (line) CHECK(line->text.size() == size);
    CHECK((line ? error_code() : line.error().code()) == expected);
    co_return result<void>();
}

task<> cut_line() {
    auto executor = co_await asio::this_coro::executor;
    int raw[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, raw) == 0);
    auto in = wrap(executor, raw[0]);
    REQUIRE(::write(raw[1], "whole\npart", 10) == 10);
    ::close(raw[1]);
    CO_TRY(auto line, co_await in.receive());
    CHECK(line.text == "whole");
    auto rest = co_await in.receive();
    REQUIRE(!rest);
    CHECK(rest.error().code() == line_errc::incomplete);
    co_return result<void>();
}

task<> credentials() {
    auto executor = co_await asio::this_coro::executor;
    auto ends = connected(executor);
    auto peer = ends.left.peer();
    REQUIRE(peer);
    CHECK(peer->uid == ::getuid());
    CHECK(peer->pid == ::getpid());
    auto refused = co_await ends.left.send("two\nlines");
    CHECK(!refused);
    co_return result<void>();
}

}  // namespace

TEST_CASE("a descriptor arrives with exactly the line it was sent with") {
    CHECK(run_to_end(exchange(900)));
}

TEST_CASE("a line may have the allowed length and not one byte more") {
    CHECK(run_to_end(line_of(1000, 1000, error_code())));
    CHECK(run_to_end(line_of(1001, 1000, line_errc::too_long)));
}

TEST_CASE("a connection that ends in the middle of a line says so") {
    CHECK(run_to_end(cut_line()));
}

TEST_CASE("the peer's credentials are known, and a line end inside a line is refused") {
    CHECK(run_to_end(credentials()));
}
