#include "landscaper/engine/path.hpp"

#include <doctest/doctest.h>

using landscaper::engine::path;

static std::string round_trip(const char* text) {
    return path::parse(text).value().text();
}

TEST_CASE("a path is dotted text, and names with dots are quoted") {
    CHECK(path{"hosts", "px01", "installation"}.text() == "hosts.px01.installation");
    CHECK(path{"hosts", "px.01", "nixos"}.text() == R"(hosts."px.01".nixos)");
    CHECK(path{"say \"hi\\\""}.text() == R"("say \"hi\\\"")");
    CHECK(path{""}.text() == R"("")");
    CHECK(path{}.text() == "");
}

TEST_CASE("path text reads back to the same names") {
    for (const auto* text : {"", "a", "a.b-c.d_e", R"(a."b.c".d)", R"("\"\\"."")"})
        CHECK(round_trip(text) == text);
    CHECK(path::parse(R"(a."b.c")").value() == path{"a", "b.c"});
}

TEST_CASE("no name orders anything of a terminal or ends a line") {
    CHECK(path{"a\nb\tc\r"}.text() == R"("a\nb\tc\r")");
    CHECK(path{"\x1b[31m\x7f"}.text() == R"("\x1b[31m\x7f")");
    CHECK(path{"gr\u00fcn"}.text() == "\"gr\u00fcn\"");
    for (int c = 1; c < 256; ++c) {
        path one{std::string("x") + static_cast<char>(c) + "1b"};
        CHECK(path::parse(one.text()).value() == one);
    }
    CHECK(path::parse(R"("\x")").value() == path{"x"});
    CHECK(path::parse(R"("\xg0")").value() == path{"xg0"});
    CHECK(path::parse("\"a\nb\"").value() == path{"a\nb"});
}

TEST_CASE("what is typed to a shell arrives as it was meant") {
    CHECK(path{"a", "b"}.shell_word() == "a.b");
    CHECK(path{"a", "with space"}.shell_word() == "'a.\"with space\"'");
    CHECK(path{"it's"}.shell_word() == "'\"it'\\''s\"'");
    CHECK(path{""}.shell_word() == "'\"\"'");
}

TEST_CASE("text that is no path is refused") {
    for (const auto* text : {".", "a.", ".a", "a..b", "a b", "\"a", "\"a\"b", "a\"b\""})
        CHECK(!path::parse(text));
}

TEST_CASE("within means the same place or beneath it") {
    CHECK(path{"a", "b"}.is_within({}));
    CHECK(path{"a", "b"}.is_within({"a"}));
    CHECK(path{"a"}.is_within({"a"}));
    CHECK(!path{"a"}.is_within({"a", "b"}));
    CHECK(!path{"ab"}.is_within({"a"}));
    CHECK(is_within_any(path{"x"}, {}));
    CHECK(!is_within_any(path{"x"}, {path{"y"}}));
}
