#include "pxe/proxy/presence.hpp"

#include <doctest/doctest.h>

using namespace pxe;
using namespace pxe::proxy;
using namespace std::chrono_literals;
using landscaper::ipv4_address;

static const presence::time_point start{};

static seen discover(unsigned in_a_row, const std::string& interface = "lan") {
    seen s;
    s.who.type = dhcp::message_type::discover;
    s.interface = interface;
    s.known = true;
    s.discovers = in_a_row;
    return s;
}
static seen server(const std::string& interface = "lan") {
    seen s;
    s.interface = interface;
    s.foreign_server = ipv4_address::of(10, 0, 0, 1);
    return s;
}

TEST_CASE("three DISCOVERs in a row on a segment where no DHCP server was heard say that there is none") {
    presence p;
    CHECK_FALSE(p.is_missing(discover(1), start));
    CHECK_FALSE(p.is_missing(discover(2), start + 4s));
    CHECK(p.is_missing(discover(3), start + 12s));
    CHECK_FALSE(p.is_missing(discover(4), start + 28s));  // told already
    CHECK(p.is_missing(discover(5), start + 73s));
}

TEST_CASE(
    "a server that answered a probe or was named in a REQUEST is there: then the client rejects the offer") {
    presence p;
    CHECK_FALSE(p.is_missing(server(), start));
    CHECK_FALSE(p.is_missing(discover(3), start + 12s));
    CHECK(p.is_missing(discover(3), start + 200s));  // three probes later it is gone
}

TEST_CASE(
    "another interface's server, another proxy and another landscaper are no DHCP server of this segment") {
    presence p;
    auto proxy = server();
    proxy.foreign_is_proxy = true;
    auto landscaper = server();
    landscaper.other_rack = "b";
    for (const auto& s : {server("other"), proxy, landscaper}) CHECK_FALSE(p.is_missing(s, start));
    CHECK(p.is_missing(discover(3), start + 12s));
}

TEST_CASE("strangers and clients behind a relay tell nothing of this segment") {
    presence p;
    auto stranger = discover(3);
    stranger.known = false;
    auto relayed = discover(3);
    relayed.relay = ipv4_address::of(10, 9, 0, 1);
    CHECK_FALSE(p.is_missing(stranger, start));
    CHECK_FALSE(p.is_missing(relayed, start));
}
