#include "pxe/proxy/sightings.hpp"

#include <doctest/doctest.h>

using namespace pxe::proxy;
using namespace std::chrono_literals;
using pxe::dhcp::client;
using pxe::dhcp::message_type;

static const sightings::time_point start{};

static client says(message_type type, std::uint16_t secs = 0, std::uint32_t xid = 1) {
    client who;
    who.mac = landscaper::mac_address{{2, 0, 0, 0, 0, 1}};
    who.type = type;
    who.secs = secs;
    who.xid = xid;
    return who;
}

TEST_CASE("DISCOVERs in a row are counted until the client takes an offer") {
    sightings s;
    CHECK(s.on(says(message_type::discover, 0), 67, 3, start).discovers == 1);
    CHECK(s.on(says(message_type::discover, 4), 67, 3, start + 4s).discovers == 2);
    CHECK(s.on(says(message_type::discover, 12), 67, 3, start + 12s).discovers == 3);
    CHECK(s.on(says(message_type::request, 12), 67, 3, start + 13s).discovers == 0);
    CHECK(s.on(says(message_type::discover, 0, 2), 67, 3, start + 60s).discovers == 1);
}

TEST_CASE("the same message over a second interface of a bridge is a copy") {
    sightings s;
    CHECK_FALSE(s.on(says(message_type::discover), 67, 3, start).is_copy);
    auto copy = s.on(says(message_type::discover), 67, 4, start + 1ms);
    CHECK(copy.is_copy);
    CHECK(copy.discovers == 1);
    CHECK_FALSE(s.on(says(message_type::discover, 4), 67, 4, start + 2ms).is_copy);
}

TEST_CASE("a repetition on the same interface is answered again") {
    sightings s;
    s.on(says(message_type::discover), 67, 3, start);
    CHECK_FALSE(s.on(says(message_type::discover), 67, 3, start + 1ms).is_copy);
    CHECK_FALSE(s.on(says(message_type::discover), 67, 4, start + 1s).is_copy);
}

TEST_CASE("a hundred thousand MACs are remembered within bounds, the latest for certain") {
    sightings s;
    for (std::uint32_t n = 0; n < 100000; ++n) {
        auto who = says(message_type::discover);
        who.mac = landscaper::mac_address{{2, 0, 0, static_cast<std::uint8_t>(n >> 16),
                                           static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
        s.on(who, 67, 3, start);
        if (n == 99999) CHECK(s.on(who, 67, 3, start).discovers == 2);
    }
}

TEST_CASE("a client without MAC is no sighting") {
    sightings s;
    auto who = says(message_type::discover);
    who.mac.reset();
    CHECK(s.on(who, 67, 3, start).discovers == 0);
}
