// serve's end of bootd.sock, for tests: sends what the sender says and waits for answers and events.
#pragma once

#include <functional>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/line_socket.hpp"
#include "pxe/link/sender.hpp"

class serve_client {
  public:
    explicit serve_client(landscaper::line_socket s) : socket(std::move(s)) {}

    static landscaper::task<std::unique_ptr<serve_client>> connect(std::string path, std::uint64_t epoch = 0,
                                                                   std::uint64_t seq = 0) {
        CO_TRY(auto s, co_await landscaper::line_socket::connect(path));
        auto client = std::make_unique<serve_client>(std::move(s));
        auto hello = pxe::link::hello{pxe::link::protocol, "test", epoch, seq};
        auto lines = client->sender.greet(hello);
        CO_TRY_VOID(co_await client->send(std::move(lines)));
        CO_TRY(auto first, co_await client->next());
        client->bootd = std::get<pxe::link::hello>(first);
        co_return client;
    }

    landscaper::task<> send(std::vector<pxe::link::outgoing> items) {
        for (auto& item : items) {
            auto fds = std::vector<int>();
            if (item.file) fds.push_back(item.file->fd.get());
            CO_TRY_VOID(co_await socket.send(std::move(item.line), std::move(fds)));
        }
        co_return landscaper::result<void>();
    }

    landscaper::task<pxe::link::from_bootd> next() {
        auto receiving = socket.receive();
        CO_TRY(auto line, co_await landscaper::until(landscaper::steady::now() + std::chrono::seconds(120),
                                                     std::move(receiving)));
        auto message = pxe::link::decode_from_bootd(line.text);
        co_return message;
    }

    // The acknowledged generation; events that come before it are kept. A refusal is an error.
    landscaper::task<std::uint64_t> acknowledged() {
        for (;;) {
            CO_TRY(auto message, co_await next());
            if (auto* yes = std::get_if<pxe::link::ack>(&message)) co_return yes->generation;
            if (auto* no = std::get_if<pxe::link::refuse>(&message)) {
                co_return landscaper::error(pxe::link::link_errc::bad_entry, no->why);
            }
            if (auto* e = std::get_if<pxe::link::event>(&message)) events.push_back(std::move(*e));
        }
    }

    // The first event of this kind that comes, or has come and was not asked for yet.
    landscaper::task<pxe::link::event> event_of(pxe::link::event_kind kind) {
        for (;;) {
            for (auto at = events.begin(); at != events.end(); ++at) {
                if (at->kind != kind) continue;
                auto found = std::move(*at);
                events.erase(at);
                co_return found;
            }
            CO_TRY(auto message, co_await next());
            if (auto* e = std::get_if<pxe::link::event>(&message)) events.push_back(std::move(*e));
        }
    }

    landscaper::line_socket socket;
    pxe::link::sender sender;
    pxe::link::hello bootd;
    std::vector<pxe::link::event> events;
};
