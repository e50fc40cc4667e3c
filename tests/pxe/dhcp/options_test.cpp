#include "pxe/dhcp/options.hpp"

#include <doctest/doctest.h>

#include <set>

#include "pxe/dhcp/packet.hpp"
#include "tests/pxe/dhcp/fixtures.hpp"

using namespace pxe::dhcp;
using namespace pxe::fixtures;
using landscaper::ipv4_address;

TEST_CASE("every option has one row, a name and a source") {
    std::set<option_code> codes;
    for (const auto& row : option_rows()) {
        CHECK(codes.insert(row.code).second);
        CHECK_FALSE(row.name.empty());
        CHECK_FALSE(row.source.empty());
        CHECK(row_of(row.code) == &row);
    }
    CHECK(row_of(option_code{150}) == nullptr);
}

TEST_CASE("an option of the wrong length reads as absent") {
    packet p;
    p.set(option_code::server_id, "0a 00 00"_hex).set(option_code::message_type, "01 01"_hex);
    CHECK_FALSE(address_in(p, option_code::server_id));
    CHECK(type_of(p) == message_type::none);
}

TEST_CASE("a message type beyond INFORM is none") {
    packet p;
    p.set(option_code::message_type, u8_value(9));
    CHECK(type_of(p) == message_type::none);
}

TEST_CASE("text loses its trailing NULs") {
    packet p;
    p.set(option_code::vendor_class, "41 42 00 00"_hex);
    CHECK(text_in(p, option_code::vendor_class) == "AB");
    CHECK(text_in(p, option_code::host_name).empty());
}

TEST_CASE("options print for people, whatever is in them") {
    CHECK(text_of(option_code::architecture, "00 07 00 09"_hex) == "architecture 7,9");
    CHECK(text_of(option_code::routers, "0a 00 00 01"_hex) == "routers 10.0.0.1");
    CHECK(text_of(option_code::vendor_class, "41 1b 5b"_hex) == "vendor-class A\\x1b[");
    CHECK(text_of(option_code::server_id, "0a"_hex) == "server-id malformed 0a");
    CHECK(text_of(option_code{150}, "0a"_hex) == "option 150 0a");
    CHECK(text_of(option_code::lease_time, u32_value(3600)) == "lease-time 3600");
}

TEST_CASE("sub-options are found, and cut ones are not") {
    auto value = "01 02 aa bb 05 04 0a 00 00 00"_hex;
    CHECK(landscaper::to_hex(*sub_option(value, 5)) == "0a000000");
    CHECK_FALSE(sub_option(value, 6));
    CHECK_FALSE(sub_option("05 04 0a"_hex, 5));
    CHECK_FALSE(sub_option("ff 05 01 00"_hex, 5));
}

TEST_CASE("values for set") {
    const ipv4_address two[] = {ipv4_address::of(10, 0, 0, 1), ipv4_address::of(10, 0, 0, 2)};
    CHECK(addresses_value(two) == "0a 00 00 01 0a 00 00 02"_hex);
    CHECK(text_value("ab") == "61 62"_hex);
}
