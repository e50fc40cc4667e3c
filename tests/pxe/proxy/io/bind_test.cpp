#include "pxe/proxy/io/bind.hpp"

#include <doctest/doctest.h>

#include "landscaper/async/port_holder.hpp"
#include "tests/pxe/proxy/io/wire.hpp"

using namespace pxe::proxy;

TEST_CASE("a port that is taken names who holds it, and what to do") {
    pxe::fixtures::wire w;
    if (!w) {
        MESSAGE("not run: needs root, network namespaces, veth and iproute2");
        return;
    }
    CHECK(landscaper::holder_of_port(landscaper::port_kind::udp, 67).empty());
    auto first = bind_udp(67);
    REQUIRE(first.has_value());
    auto second = bind_udp(67);
    REQUIRE_FALSE(second.has_value());
    auto text = second.error().message();
    CHECK(text.find("(pid " + std::to_string(::getpid()) + ")") != std::string::npos);
    CHECK(text.find("UDP port 67") != std::string::npos);
    CHECK(text.find("stop it") != std::string::npos);
}
