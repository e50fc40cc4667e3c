#include "landscaper/async/port_holder.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "landscaper/base/unique_fd.hpp"

using namespace landscaper;

static std::uint16_t bind_loopback(const unique_fd& fd) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

TEST_CASE("the process that holds a port is named") {
    auto me = "(pid " + std::to_string(::getpid()) + ")";
    unique_fd udp(::socket(AF_INET, SOCK_DGRAM, 0));
    auto port = bind_loopback(udp);
    CHECK(holder_of_port(port_kind::udp, port).ends_with(me));
    udp.reset();
    CHECK(holder_of_port(port_kind::udp, port).empty());
    unique_fd tcp(::socket(AF_INET, SOCK_STREAM, 0));
    port = bind_loopback(tcp);
    REQUIRE(::listen(tcp.get(), 1) == 0);
    CHECK(holder_of_port(port_kind::tcp, port).ends_with(me));
}
