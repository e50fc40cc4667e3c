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
