#include "landscaper/base/printable.hpp"

#include <doctest/doctest.h>

#include <random>

#include <nlohmann/json.hpp>

using landscaper::text::printable;

TEST_CASE("text stays as it is, in all of Unicode's lengths") {
    CHECK(printable("px01 is up") == "px01 is up");
    CHECK(printable("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
          "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(printable("") == "");
}

TEST_CASE("line ends and tabs become blanks") {
    CHECK(printable("a\nb\tc\r\nd") == "a b c  d");
}

TEST_CASE("control characters cannot reach a terminal: C0, DEL and C1") {
    CHECK(printable("\x1b[2Jx") == "\\x1b[2Jx");
    CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
    CHECK(printable("\x7f") == "\\x7f");
    // U+009B is CSI in one character, U+0085 a line end.
    CHECK(printable("\xc2\x9b"
                    "2J") == "\\xc2\\x9b2J");
    CHECK(printable("\xc2\x85") == "\\xc2\\x85");
    CHECK(printable("\xc2\xa0") == "\xc2\xa0");
}

TEST_CASE("bytes that are not UTF-8 are shown as numbers, each alone") {
    CHECK(printable("\xff") == "\\xff");
    CHECK(printable("caf\xe9!") == "caf\\xe9!");
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong slash
    CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
    CHECK(printable("\xf0\x9f\x98") == "\\xf0\\x9f\\x98");           // cut off
    CHECK(printable("\xe2\x82"
                    "a") ==
          "\\xe2\\x82"
          "a");
}

TEST_CASE("long text is cut between characters") {
    CHECK(printable("abcdef", 4) == "abcd...");
    CHECK(printable("abcd", 4) == "abcd");
    CHECK(printable("abc\xe2\x82\xac", 4) == "abc...");
    CHECK(printable("ab\x01", 4) == "ab...");
}

TEST_CASE("whatever comes in, JSON accepts what goes out") {
    std::mt19937 random(5);
    for (int round = 0; round < 500; ++round) {
        std::string soup(random() % 60, ' ');
        for (auto& c : soup) c = static_cast<char>(random());
        auto out = printable(soup);
        CHECK_NOTHROW((void)nlohmann::json(out).dump());
        CHECK(printable(out) == out);
    }
}
