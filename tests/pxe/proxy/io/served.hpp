// The DHCP server with its real sockets on the server's side of a wire, and what it reported.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

#include "landscaper/async/group.hpp"
#include "pxe/proxy/io/bind.hpp"
#include "pxe/proxy/io/server.hpp"
#include "tests/pxe/proxy/io/wire.hpp"
#include "tests/pxe/proxy/scene.hpp"

namespace pxe::fixtures {

using namespace std::chrono_literals;

struct served {
    // Sockets and interfaces of the namespace that the thread is in.
    served() : loops(context.get_executor()) {
        table.set(rack.host);
        proxy::dhcp_sockets sockets{proxy::bind_udp(proxy::dhcp_port).value(),
                                    proxy::bind_udp(proxy::boot_server_port).value()};
        auto report = [this](const proxy::seen& event) { events.push_back(event); };
        server.emplace(context.get_executor(), std::move(sockets), table, rack.network, report);
        loops.spawn("dhcp", server->run());
    }
    ~served() {
        loops.cancel();
        context.run_for(10s);
        CHECK(loops.size() == 0);
    }

    // Runs until `count` events were reported in all, ten seconds at most.
    void run_until(std::size_t count) {
        auto deadline = std::chrono::steady_clock::now() + 10s;
        while (events.size() < count && std::chrono::steady_clock::now() < deadline)
            context.run_one_for(50ms);
    }
    std::optional<client_socket::datagram> answer_at(const client_socket& socket, std::size_t count) {
        run_until(count);
        return socket.receive();
    }

    boost::asio::io_context context;
    scene rack;
    boot_table table;
    std::vector<proxy::seen> events;
    landscaper::group loops;
    std::optional<proxy::dhcp_server> server;
};

}  // namespace pxe::fixtures

#define WIRE_OR_SKIP(NAME)                                                     \
    pxe::fixtures::wire NAME;                                                  \
    if (!NAME) {                                                               \
        MESSAGE("not run: needs root, network namespaces, veth and iproute2"); \
        return;                                                                \
    }
