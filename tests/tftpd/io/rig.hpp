// A real server on loopback and hand-made clients, in one thread: the server runs while a client waits.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <stdexcept>

#include "../support/model_client.hpp"
#include "tftpd/io/addresses.hpp"
#include "tftpd/io/listen.hpp"
#include "tftpd/io/server.hpp"

namespace tftpd::test {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// What OVMF asks for with its first request.
inline const std::vector<option> ovmf_probe = {{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}};

inline landscaper::ip_address address(const char* text) {
    return landscaper::ip_address::parse(text).value();
}

inline landscaper::content content_of(bytes data) {
    return landscaper::content({landscaper::literal(std::move(data))});
}

struct rig {
    boost::asio::io_context io{1};
    std::map<std::string, landscaper::content> files;
    std::vector<transfer_report> reports;
    std::vector<read_request> asked;
    tftpd::server server;
    boost::asio::cancellation_signal stop_signal;
    bool stopped = false;

    explicit rig(resolver own = {}, const char* listen = "::")
        : server(io.get_executor(), bind_socket(address(listen), 0).value(), own ? own : from_files(),
                 [this](const transfer_report& r) { reports.push_back(r); }) {
        boost::asio::co_spawn(
            io, server.run(),
            boost::asio::bind_cancellation_slot(stop_signal.slot(),
                                                [this](std::exception_ptr thrown, landscaper::result<void>) {
                                                    stopped = true;
                                                    if (thrown) std::rethrow_exception(thrown);
                                                }));
    }
    ~rig() {
        stop_signal.emit(boost::asio::cancellation_type::terminal);
        io.run_for(1s);
    }

    resolver from_files() {
        return [this](const read_request& r) -> answer {
            asked.push_back(r);
            auto found = files.find(r.name);
            if (found == files.end()) return refusal::not_found();
            return found->second;
        };
    }
    endpoint at(const char* text) const { return {address(text), server.port(), 0}; }
    // Lets the server do what it can, and then waits for `fd`, or for the server if it is -1, or a moment.
    void turn(int fd) {
        io.restart();
        if (fd < 0) {
            io.run_one_for(2ms);
            return;
        }
        io.poll();
        pollfd one{fd, POLLIN, 0};
        ::poll(&one, 1, 1);
    }
    bool pump_until(const std::function<bool()>& holds, clock::duration within = 2s) {
        auto end = clock::now() + within;
        while (!holds() && clock::now() < end) turn(-1);
        return holds();
    }
    const transfer_report& last_report() const { return reports.back(); }
};

// A UDP socket with an address of its own.
class peer {
  public:
    peer(rig& r, const char* local = "127.0.0.1", std::uint16_t port = 0)
        : rig_(r), fd_(bind_socket(address(local), port).value()) {}

    void send(const endpoint& to, bytes_view datagram) {
        auto name = to_socket_address(to);
        ::sendto(fd_.get(), datagram.data(), datagram.size(), 0, name.get(), name.size);
    }
    void send(const endpoint& to, const packet& p) { send(to, encode(p)); }
    // To where the last packet came from: the server's TID.
    void reply(const packet& p) { send(from_, p); }

    std::optional<packet> receive(clock::duration within = 2s) {
        auto end = clock::now() + within;
        std::vector<std::uint8_t> buffer(70'000);
        for (;;) {
            socket_address name;
            auto count =
                ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT, name.get(), &name.size);
            if (count >= 0) {
                from_ = to_endpoint(name);
                return *decode(bytes_view(buffer).first(static_cast<std::size_t>(count)));
            }
            if (clock::now() >= end) return {};
            rig_.turn(fd_.get());
        }
    }
    bool hears_nothing(clock::duration within = 15ms) { return !receive(within); }

    template <class T>
    T expect(clock::duration within = 2s) {
        auto p = receive(within);
        if (!p) throw std::runtime_error("nothing came");
        if (!std::holds_alternative<T>(*p)) throw std::runtime_error("another kind of packet came");
        return std::get<T>(*p);
    }
    // The same, past what unfinished transfers to this port send again meanwhile.
    template <class T>
    T expect_past_others(clock::duration within = 10s) {
        for (auto end = clock::now() + within; clock::now() < end;) {
            auto p = receive(1s);
            if (p && std::holds_alternative<T>(*p)) return std::get<T>(*p);
        }
        throw std::runtime_error("nothing of this kind came");
    }
    const endpoint& from() const { return from_; }
    int fd() const { return fd_.get(); }
    void close() { fd_.reset(); }

  private:
    rig& rig_;
    landscaper::unique_fd fd_;
    endpoint from_;
};

inline request read(std::string name, std::vector<option> options = {}, std::string mode = "octet") {
    return {false, std::move(name), std::move(mode), std::move(options)};
}

// A whole transfer by a well-behaved client; what it received.
inline model_client fetch(rig& r, const endpoint& from, request asked, const char* local = "127.0.0.1",
                          clock::duration within = 10s) {
    peer p(r, local);
    model_client c(std::move(asked));
    p.send(from, c.first());
    auto end = clock::now() + within;
    while (!c.done() && !c.error() && clock::now() < end) {
        auto heard = p.receive(1s);
        if (!heard) continue;
        for (const auto& answer : c.on(*heard)) p.reply(answer);
    }
    // Its last ACK is still on the way.
    r.pump_until([&] { return r.server.running() == 0; }, 100ms);
    return c;
}

}  // namespace tftpd::test
