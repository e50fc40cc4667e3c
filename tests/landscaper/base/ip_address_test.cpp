#include "landscaper/base/ip_address.hpp"

#include <doctest/doctest.h>

using namespace landscaper;

TEST_CASE("dotted IPv4 addresses, nothing looser") {
    CHECK(ipv4_address::parse("10.0.0.11") == ipv4_address::of(10, 0, 0, 11));
    CHECK(ipv4_address::of(192, 168, 1, 255).text() == "192.168.1.255");
    CHECK(ipv4_address::parse("0.0.0.0")->is_zero());
    for (const auto* text : {"", "10.0.0", "10.0.0.256", "10.0.0.1.2", "10.0.0.1 ", " 10.0.0.1", "0x0a.0.0.1",
                             "10.0.0.01", "10.1", "167772161", "10..0.1", "10.0.0.-1", "a.b.c.d"}) {
        CAPTURE(text);
        CHECK(!ipv4_address::parse(text));
    }
}

TEST_CASE("a NUL behind an address does not make it one") {
    CHECK(!ipv4_address::parse(std::string_view("10.0.0.1\0x", 10)));
    CHECK(!ip_address::parse(std::string_view("fd00::1\0x", 9)));
    CHECK(!ip_prefix::parse(std::string_view("10.0.0.1\0/24", 12)));
}

TEST_CASE("IPv6 text is that of RFC 5952") {
    CHECK(ip_address::parse("FD00:0:0:0:0:0:0:1")->text() == "fd00::1");
    CHECK(ip_address::parse("::")->text() == "::");
    CHECK(ip_address::parse("2001:db8:0:1:1:1:1:1")->text() == "2001:db8:0:1:1:1:1:1");
    for (const auto* text : {"fd00::1::2", "fd00", "[fd00::1]", "fe80::1%eth0", "12345::", "g::"}) {
        CAPTURE(text);
        CHECK(!ip_address::parse(text));
    }
}

TEST_CASE("families are told apart") {
    auto v4 = *ip_address::parse("10.0.0.1"), v6 = *ip_address::parse("fd00::1");
    CHECK(v4.v4() == ipv4_address::of(10, 0, 0, 1));
    CHECK(!v6.v4());
    CHECK(v4 != v6);
    CHECK(v4.text() == "10.0.0.1");
    CHECK(ip_address(ipv4_address::of(10, 0, 0, 1)) == v4);
}

TEST_CASE("prefixes need a length that their family has") {
    auto prefix = ip_prefix::parse("10.0.0.11/24");
    REQUIRE(prefix.has_value());
    CHECK(prefix->length == 24);
    CHECK(prefix->text() == "10.0.0.11/24");
    CHECK(ip_prefix::parse("fd00::1/128")->text() == "fd00::1/128");
    for (const auto* text :
         {"10.0.0.11", "10.0.0.11/", "10.0.0.11/33", "fd00::1/129", "10.0.0.11/-1", "10.0.0.11/+8",
          "10.0.0.11/24 ", "10.0.0.11/ 24", "/24", "10.0.0.11/24/8", "10.0.0.11/4294967320"}) {
        CAPTURE(text);
        CHECK(!ip_prefix::parse(text));
    }
}

TEST_CASE("a prefix contains its network and nothing else") {
    auto in = [](const char* prefix, const char* address) {
        return ip_prefix::parse(prefix)->contains(*ip_address::parse(address));
    };
    CHECK(in("10.0.0.11/24", "10.0.0.255"));
    CHECK(!in("10.0.0.11/24", "10.0.1.0"));
    CHECK(in("10.0.0.11/23", "10.0.1.0"));
    CHECK(in("10.0.0.11/32", "10.0.0.11"));
    CHECK(!in("10.0.0.11/32", "10.0.0.10"));
    CHECK(in("10.0.0.11/0", "192.0.2.1"));
    CHECK(!in("10.0.0.11/0", "fd00::1"));
    CHECK(in("fd00::1/64", "fd00::ffff:0:0:1"));
    CHECK(!in("fd00::1/64", "fd00:0:0:1::1"));
}

TEST_CASE("netmasks of all lengths") {
    for (unsigned length = 0; length <= 32; ++length) {
        auto mask = ip_prefix{ip_address(ipv4_address::of(10, 0, 0, 1)), length}.netmask();
        CHECK(static_cast<unsigned>(__builtin_popcount(mask.number)) == length);
        CHECK((length == 0 || mask.number >> 31 == 1));
    }
    CHECK(ip_prefix::parse("10.0.0.1/20")->netmask().text() == "255.255.240.0");
}
