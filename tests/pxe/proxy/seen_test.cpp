#include "pxe/proxy/seen.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

static seen event_of(const scene& s, const dhcp::packet& p, bool was_sent = true) {
    return seen_of(p, dhcp::classify(p), &s.host, s.decided(p, s.from(67)), was_sent, s.us);
}

TEST_CASE("an answer is reported with what was told") {
    scene s;
    auto e = event_of(s, packet_of(ovmf_discover));
    CHECK(e.known);
    CHECK(e.sent == dhcp::message_type::offer);
    CHECK(e.why == reason::none);
    CHECK(e.file == "b/" + token + "/uki.efi");
    CHECK(e.who.arch->number == 7);
    CHECK(e.who.xid == 0x5a000001);
}

TEST_CASE("silence is reported with its reason") {
    scene s;
    s.host.objects.clear();
    auto e = event_of(s, packet_of(ovmf_discover), false);
    CHECK(e.sent == dhcp::message_type::none);
    CHECK(e.why == reason::missing_object);
    CHECK(e.detail == "uki.efi");
}

TEST_CASE("an answer that could not be sent is not reported as sent") {
    scene s;
    auto e = event_of(s, packet_of(ovmf_discover), false);
    CHECK(e.sent == dhcp::message_type::none);
    CHECK(e.why == reason::unsendable);
}

TEST_CASE("the DHCP server that a client chose is learnt from its REQUEST, unless it is us") {
    scene s;
    auto p = packet_of(ovmf_request);
    CHECK(event_of(s, p).foreign_server == ipv4_address::of(10, 0, 0, 1));
    p.set(option_code::server_id, dhcp::address_value(s.us.address));
    CHECK_FALSE(event_of(s, p).foreign_server);
    p.set(option_code::message_type, dhcp::u8_value(1));
    p.set(option_code::server_id, dhcp::address_value(ipv4_address::of(10, 0, 0, 1)));
    CHECK_FALSE(event_of(s, p).foreign_server);
}
