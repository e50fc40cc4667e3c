#include "landscaper/base/hex.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::literals;

TEST_CASE("every byte survives the way through text") {
    bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
    auto text = to_hex(all);
    CHECK(text.size() == 512);
    CHECK(text.starts_with("000102"));
    CHECK(text.ends_with("fdfeff"));
    CHECK(from_hex(text) == all);
}

TEST_CASE("either case, and blanks between pairs") {
    CHECK(from_hex("0aFf 10\n20\t30\r\n") == "0aff102030"_hex);
    CHECK(from_hex("") == bytes());
}

TEST_CASE("half pairs, split pairs and other characters are refused") {
    for (const auto* text : {"0", "001", "0 1", "0g", "g0", "0x01", "-1", "00:01", "\xc3\xa9"}) {
        CAPTURE(text);
        CHECK(!from_hex(text));
    }
    CHECK(!from_hex(std::string_view("0\0", 2)));
}

TEST_CASE("the literal takes blanks and line ends") {
    CHECK("01 02\n 0A"_hex == bytes{1, 2, 10});
    CHECK(""_hex.empty());
}
