#include "pxe/proxy/io/interfaces.hpp"

#include <doctest/doctest.h>

using namespace pxe::proxy;
using landscaper::ip_prefix;
using landscaper::ipv4_address;

static const auto first = ipv4_address::of(10, 0, 0, 2);
static const auto second = ipv4_address::of(10, 2, 0, 2);
static const interface two {
    "s0", { *ip_prefix::parse("10.0.0.2/24"), *ip_prefix::parse("10.2.0.2/16") }
};

TEST_CASE("on an interface with two addresses the client is told the one it can reach") {
    auto everybody = ipv4_address::of(255, 255, 255, 255);
    CHECK(address_for(two, everybody, {}, first) == first);
    CHECK(address_for(two, everybody, {}, second) == second);
    CHECK(address_for(two, everybody, ipv4_address::of(10, 2, 7, 7), first) == second);
    CHECK(address_for(two, second, ipv4_address::of(10, 0, 0, 9), first) == second);
    CHECK(address_for(two, everybody, ipv4_address::of(192, 168, 0, 1), {}) == first);
}

TEST_CASE("an interface without addresses has none to tell") {
    CHECK(address_for(interface{"s0", {}}, first, second, first).is_zero());
}
