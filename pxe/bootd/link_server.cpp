#include "pxe/bootd/link_server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdio>

#include "landscaper/base/overloaded.hpp"
#include "pxe/bootd/build.hpp"

namespace pxe::bootd {

namespace asio = landscaper::asio;
using landscaper::async_errc;
using landscaper::error;
using landscaper::line_socket;
using landscaper::result;
using landscaper::steady;
using landscaper::task;
using landscaper::unique_fd;

// Progress is told this often (contract: two a second).
static constexpr auto progress_interval = std::chrono::milliseconds(500);
// Events of so long are written together; an acknowledgement waits no longer either.
static constexpr auto gathering = std::chrono::milliseconds(5);
// A serve that sends without reading our answers is not read until it does.
static constexpr std::size_t most_answers = std::size_t{1} << 20;  // bytes

struct link_server::connection {
    explicit connection(line_socket s, const asio::any_io_executor& executor)
        : socket(std::move(s)), drained(executor), nap(executor) {}
    line_socket socket;
    link::receiver receiver;
    std::string answers;  // lines that wait to be written
    bool greeted = false;
    link::event_ring::cursor at;
    landscaper::event drained;
    asio::steady_timer nap;  // of the writer; cancelled when there is something to write
};

link_server::link_server(const asio::any_io_executor& executor, served& now, link::event_ring& ring,
                         persist keep)
    : executor_(executor), now_(now), ring_(ring), keep_(std::move(keep)) {}

void link_server::wake() {
    if (current_) current_->nap.cancel();
}

static bool may_connect(int socket) {
    auto peer = landscaper::peer_of(socket);
    if (!peer) return false;
    if (peer->uid == 0 || peer->uid == ::geteuid()) return true;
    sockaddr_un own{};
    socklen_t size = sizeof own;
    struct stat file {};
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0 || own.sun_path[0] == '\0')
        return false;
    return ::stat(own.sun_path, &file) == 0 && file.st_uid == peer->uid;
}

task<> link_server::run(unique_fd listening) {
    // After cancellation this coroutine still has to join its connections.
    co_await asio::this_coro::throw_if_cancelled(false);
    landscaper::group connections(executor_);
    asio::posix::stream_descriptor socket(executor_, listening.release());
    socket.non_blocking(true);
    auto outcome = result<void>();
    while (outcome) {
        auto [failed] =
            co_await socket.async_wait(asio::posix::descriptor_base::wait_read, landscaper::as_result);
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) {
            outcome = error(async_errc::cancelled);
        } else if (failed) {
            outcome = error(failed, "waiting for landscaper serve");
        }
        if (!outcome) break;
        unique_fd fd(::accept4(socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd) {
            auto slept = co_await landscaper::sleep_for(std::chrono::milliseconds(100));
            static_cast<void>(slept);
            continue;
        }
        if (!may_connect(fd.get())) {
            std::fprintf(stderr,
                         "landscaper-bootd: turned away a connection of another user to its socket\n");
            continue;
        }
        line_socket::socket_type peer(executor_, asio::local::stream_protocol(), fd.release());
        auto c = std::make_shared<connection>(line_socket(std::move(peer)), executor_);
        // A restarted serve may come before its predecessor's connection is seen to be dead.
        if (current_) current_->socket.close();
        current_ = c;
        connections.spawn("landscaper serve", serve(c));
    }
    co_await asio::this_coro::reset_cancellation_state();
    if (current_) current_->socket.close();
    co_await connections.stop();
    co_return outcome;
}

task<> link_server::serve(std::shared_ptr<connection> c) {
    co_await asio::this_coro::throw_if_cancelled(false);
    landscaper::group writer(executor_);
    link::from_bootd first = link::hello{link::protocol, build_name(), ring_.epoch(), ring_.newest()};
    c->answers = link::encode(first) + '\n';
    writer.spawn("events to serve", write(c));
    auto ended = co_await read(c);
    c->socket.close();
    c->nap.cancel();
    co_await asio::this_coro::reset_cancellation_state();
    co_await writer.stop();
    if (current_ == c) current_ = nullptr;
    bool is_usual = ended || ended.error().code() == landscaper::line_errc::closed ||
                    ended.error().code() == async_errc::cancelled;
    if (!is_usual) std::fprintf(stderr, "landscaper-bootd: serve: %s\n", ended.error().message().c_str());
    co_return result<void>();
}

task<> link_server::read(std::shared_ptr<connection> c) {
    for (;;) {
        while (c->answers.size() > most_answers) {
            CO_TRY_VOID(co_await c->drained.wait());
            if (!c->socket.is_open()) co_return error(async_errc::cancelled);
        }
        CO_TRY(auto line, co_await c->socket.receive());
        auto actions = c->receiver.on_line(line.text, std::move(line.descriptors));
        for (auto& action : actions) {
            // A newer connection has taken over: what this one says no longer counts.
            if (current_ != c) co_return result<void>();
            CO_TRY(bool goes_on, co_await act(c, std::move(action)));
            if (!goes_on) co_return result<void>();
        }
    }
}

void link_server::greet(connection& c, const link::hello& peer) {
    c.at = ring_.resume(peer.epoch, peer.seq);
    c.greeted = true;
    c.nap.cancel();
}

// False when the connection is to end.
task<bool> link_server::act(std::shared_ptr<connection> c, link::link_action action) {
    if (auto* said = std::get_if<link::answer>(&action)) {
        CO_TRY_VOID(co_await keep_());
        c->answers += said->line + '\n';
        c->nap.cancel();
        co_return true;
    }
    if (auto* no = std::get_if<link::hang_up>(&action)) {
        std::fprintf(stderr, "landscaper-bootd: %s\n", no->why.c_str());
        auto refused = link::encode(link::refuse{0, no->why});
        c->answers += refused + '\n';
        c->nap.cancel();
        // The writer needs a moment; serve reads the reason or goes.
        auto slept = co_await landscaper::sleep_for(progress_interval);
        static_cast<void>(slept);
        co_return false;
    }
    std::visit(landscaper::overloaded{[&](link::greeted& x) { greet(*c, x.peer); }, [](link::answer&) {},
                                      [](link::hang_up&) {}, [&](auto& x) { now_.use(std::move(x)); }},
               action);
    co_return true;
}

task<> link_server::write(std::shared_ptr<connection> c) {
    auto progress_due = steady::now();
    while (c->socket.is_open()) {
        auto text = std::exchange(c->answers, {});
        c->drained.notify();
        if (c->greeted) text += ring_.take(c->at);
        if (c->greeted && steady::now() >= progress_due) {
            text += ring_.take_progress(c->at);
            progress_due = steady::now() + progress_interval;
        }
        if (!text.empty()) {
            CO_TRY_VOID(co_await c->socket.send_all(std::move(text)));
            // What comes at once goes out together.
            CO_TRY_VOID(co_await landscaper::sleep_for(gathering));
            continue;
        }
        c->nap.expires_at(c->greeted ? progress_due : landscaper::steady_time::max());
        auto [woken] = co_await c->nap.async_wait(landscaper::as_result);
        static_cast<void>(woken);
    }
    co_return result<void>();
}

}  // namespace pxe::bootd
