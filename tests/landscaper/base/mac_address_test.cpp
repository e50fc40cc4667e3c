#include "landscaper/base/mac_address.hpp"

#include <doctest/doctest.h>

#include <unordered_set>

using landscaper::mac_address;

TEST_CASE("colons and hyphens, either case, are the same address") {
    auto mac = mac_address::parse("52:54:00:0a:00:01");
    REQUIRE(mac.has_value());
    CHECK(mac->octets == std::array<std::uint8_t, 6>{0x52, 0x54, 0, 0x0a, 0, 1});
    CHECK(mac_address::parse("52-54-00-0A-00-01") == mac);
    CHECK(mac->text() == "52:54:00:0a:00:01");
    CHECK(mac->number() == 0x5254000a0001);
}

TEST_CASE("anything else is refused") {
    for (const auto* text :
         {"", "52:54:00:0a:00", "52:54:00:0a:00:01:02", "52:54:00:0a:00:1", "52:54-00:0a:00:01",
          "525400 0a0001    ", "52.54.00.0a.00.01", "5254.000a.0001", "52:54:00:0a:00:0g",
          "52:54:00:0a:00: 1", " 2:54:00:0a:00:01", "52:54:00:0a:00:01 ", "5:254:00:0a:00:01"}) {
        CAPTURE(text);
        CHECK(!mac_address::parse(text));
    }
    CHECK(!mac_address::parse(std::string_view("52:54:00:0a:00:0\0", 17)));
}

TEST_CASE("broadcast, multicast and nothing are nobody's address") {
    CHECK(mac_address::parse("52:54:00:0a:00:01")->is_unicast());
    CHECK(!mac_address::parse("ff:ff:ff:ff:ff:ff")->is_unicast());
    CHECK(!mac_address::parse("01:00:5e:00:00:01")->is_unicast());
    CHECK(!mac_address::parse("00:00:00:00:00:00")->is_unicast());
}

TEST_CASE("addresses sort as their numbers, and consecutive ones spread in a hash table") {
    CHECK(*mac_address::parse("00:00:00:00:00:ff") < *mac_address::parse("00:00:00:00:01:00"));
    std::unordered_set<std::size_t> low_bits;
    for (int i = 0; i < 256; ++i) {
        mac_address mac{{0x52, 0x54, 0, 0, 0, static_cast<std::uint8_t>(i)}};
        low_bits.insert(std::hash<mac_address>{}(mac)&0xff);
    }
    CHECK(low_bits.size() > 128);
}
