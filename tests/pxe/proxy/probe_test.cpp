#include "pxe/proxy/probe.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;
using namespace std::chrono_literals;

static const auto here = ipv4_address::of(10, 0, 0, 2);
static const auto there = ipv4_address::of(10, 0, 0, 3);
static const identity first{std::string(32, 'a'), 7, 100s};
static const identity second{std::string(32, 'b'), 9, 5s};

// Over the wire and back.
static dhcp::packet carried(const dhcp::packet& p) {
    return dhcp::decode(dhcp::encode(p).value()).value();
}

TEST_CASE("two landscapers know each other by a probe and by its answer") {
    auto probe = carried(probe_from(second, there));
    CHECK(neighbour_in(probe, first) == neighbour{neighbour::kind::landscaper, there, second});
    auto answer = carried(probe_answer(probe, first, here));
    CHECK(neighbour_in(answer, second) == neighbour{neighbour::kind::landscaper, here, first});
}

TEST_CASE("the one that was started later goes silent, and never both") {
    CHECK(is_later(second, first));
    CHECK_FALSE(is_later(first, second));
    auto twin = first;
    twin.instance = 8;
    CHECK(is_later(twin, first) != is_later(first, twin));
}

TEST_CASE("our own probe, reflected, is nobody's") {
    auto probe = carried(probe_from(first, here));
    CHECK(is_own_probe(probe, first));
    CHECK_FALSE(is_own_probe(probe, second));
    CHECK_FALSE(is_own_probe(packet_of(ovmf_discover), first));
    CHECK_FALSE(neighbour_in(probe, first));
}

TEST_CASE("a second machine with the same rack id is a neighbour all the same") {
    auto restored = first;
    restored.instance = 10;
    CHECK(neighbour_in(carried(probe_from(restored, there)), first)->landscaper == restored);
}

TEST_CASE("an answer with an address is the site's DHCP server, one without another proxy") {
    auto answer = probe_from(first, here);
    answer.op = 2;
    answer.remove(option_code::landscaper);
    answer.set(option_code::server_id, dhcp::address_value(there));
    CHECK(neighbour_in(answer, first) == neighbour{neighbour::kind::proxy, there, std::nullopt});
    answer.yiaddr = ipv4_address::of(10, 0, 0, 50);
    CHECK(neighbour_in(answer, first) == neighbour{neighbour::kind::dhcp, there, std::nullopt});
    answer.xid = 1;  // an answer to somebody else
    CHECK_FALSE(neighbour_in(answer, first));
}

TEST_CASE("clients are no neighbours, whatever stands in option 224") {
    auto p = packet_of(ovmf_discover);
    CHECK_FALSE(neighbour_in(p, first));
    for (auto value : {"landscape", "landscaper", "something else of the site's own, long enough"}) {
        p.set(option_code::landscaper, dhcp::text_value(value));
        CHECK_FALSE(neighbour_in(p, first));
    }
}
