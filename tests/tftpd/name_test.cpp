#include "tftpd/name.hpp"

#include <doctest/doctest.h>

using namespace tftpd;

TEST_CASE("separators of either kind collapse, and leading ones go") {
    for (auto asked :
         {"b/uki.efi", "/b/uki.efi", "\\b\\uki.efi", "//b/./uki.efi", "./b//uki.efi", "b\\/uki.efi/"}) {
        CAPTURE(asked);
        auto n = normalise(asked);
        REQUIRE(n.has_value());
        CHECK(n->path == "b/uki.efi");
        CHECK_FALSE(n->trimmed);
    }
}

TEST_CASE("no `..` gets through, in any spelling of the separators") {
    for (auto asked : {"..", "../x", "sub/../f", "\\..\\x", "a/..\\b", "a\\..", "./../x", "/..//x"}) {
        CAPTURE(asked);
        CHECK(normalise(asked).error() == make_error_code(name_errc::outside));
    }
    // Names that only look like it, and percent signs, which are not decoded.
    for (auto asked : {"...", "..x", "x..", "%2e%2e/x"}) CHECK(normalise(asked).has_value());
}

TEST_CASE("what ROMs append is cut: 0xff behind option 67, blanks") {
    for (auto asked : {"pxelinux.0\xff", "pxelinux.0 ", "pxelinux.0 \xff\xff"}) {
        auto n = normalise(asked);
        REQUIRE(n.has_value());
        CHECK(n->path == "pxelinux.0");
        CHECK(n->trimmed);
    }
}

TEST_CASE("names without anything, too long, or no text are refused") {
    using namespace std::string_view_literals;
    for (auto asked : {""sv, "/"sv, "./."sv, " "sv, "\xff"sv}) {
        CHECK(normalise(asked).error() == make_error_code(name_errc::empty));
    }
    CHECK(normalise(std::string(513, 'x')).error() == make_error_code(name_errc::too_long));
    CHECK(normalise(std::string(512, 'x')).has_value());
    for (auto asked : {"a\0b"sv, "a\nb"sv, "\x1b[2J"sv, "\xc0\xaf"sv, "\xff/x"sv, "a\x7f"sv}) {
        CHECK(normalise(asked).error() == make_error_code(name_errc::not_text));
    }
    CHECK(normalise("grün/ü").has_value());
}
