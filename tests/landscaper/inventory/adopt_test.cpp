#include "landscaper/inventory/adopt.hpp"

#include <doctest/doctest.h>

#include "landscaper/inventory/parse.hpp"

using namespace landscaper;
using namespace landscaper::inventory;

static const new_host seen{"px09", *mac_address::parse("52:54:00:0a:00:09"), "10.0.0.19/24", ""};
static constexpr std::string_view line = "px09: { mac: 52:54:00:0a:00:09, ip: 10.0.0.19/24 }";

static std::string adopted(std::string_view text, const new_host& host = seen) {
    auto out = adopt(text, "i", host);
    return out ? out->text : "refused: " + inventory::text(out.error());
}

TEST_CASE("the line stands directly after hosts:, indented like the first host") {
    std::string_view before =
        "systems: { a: .#a }\nhosts:\n    # the first\n    px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n\n# "
        "end\n";
    auto out = adopt(before, "i", seen);
    REQUIRE(out.has_value());
    CHECK(out->text ==
          "systems: { a: .#a }\nhosts:\n    px09: { mac: 52:54:00:0a:00:09, ip: 10.0.0.19/24 }\n    # the "
          "first\n"
          "    px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n\n# end\n");
    CHECK(out->line == line);
    CHECK(out->at == 3);
}

TEST_CASE("every way to end the last host is left alone") {
    // Where insertion after the last host, guided by yaml-cpp's marks, went wrong.
    for (std::string hosts : {"  px01: {\n    mac: 52:54:00:0a:00:01,\n    ip: dhcp\n  }\n",
                              "  px01:\n    mac: 52:54:00:0a:00:01\n    ip: dhcp\n    data:\n      note: >\n "
                              "       folded\n        on\n",
                              "  px01:\n    mac: 52:54:00:0a:00:01\n    ip: dhcp\n    data:\n      note: |\n "
                              "       a\n        b\n",
                              "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }",
                              "# column 0\n  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n"}) {
        CAPTURE(hosts);
        REQUIRE(parse("systems: { a: .#a }\nhosts:\n" + hosts, "i").has_value());
        CHECK(adopted("systems: { a: .#a }\nhosts:\n" + hosts) ==
              "systems: { a: .#a }\nhosts:\n  " + std::string(line) + "\n" + hosts);
    }
}

TEST_CASE("hosts without an entry, at the end of the file, with a comment, and with CRLF") {
    CHECK(adopted("systems: { a: .#a }\nhosts:\n") ==
          "systems: { a: .#a }\nhosts:\n  " + std::string(line) + "\n");
    CHECK(adopted("systems: { a: .#a }\nhosts:") ==
          "systems: { a: .#a }\nhosts:\n  " + std::string(line) + "\n");
    CHECK(adopted("hosts: # none yet\nsystems: { a: .#a }\n") ==
          "hosts: # none yet\n  " + std::string(line) + "\nsystems: { a: .#a }\n");
    CHECK(adopted("systems: { a: .#a }\r\nhosts:\r\n") ==
          "systems: { a: .#a }\r\nhosts:\r\n  " + std::string(line) + "\r\n");
}

TEST_CASE("without hosts: it is appended") {
    CHECK(adopted("systems: { a: .#a }\n") == "systems: { a: .#a }\nhosts:\n  " + std::string(line) + "\n");
    CHECK(adopted("systems: { a: .#a }") == "systems: { a: .#a }\nhosts:\n  " + std::string(line) + "\n");
}

TEST_CASE("role and dhcp are written when given") {
    CHECK(adopted("systems: { a: .#a, b: .#b }\nhosts:\n", {"px09", seen.mac, "dhcp", "b"}) ==
          "systems: { a: .#a, b: .#b }\nhosts:\n  px09: { mac: 52:54:00:0a:00:09, ip: dhcp, role: b }\n");
}

TEST_CASE("hosts: with braces is refused, with the line to paste") {
    CHECK(adopted("systems: { a: .#a }\nhosts: { px01: { mac: 52:54:00:0a:00:01, ip: dhcp } }\n") ==
          "refused: i: hosts: is written with { }; nothing was written; add this line below `hosts:` "
          "yourself: " +
              std::string(line) + "\n");
}

TEST_CASE("empty braces give way") {
    for (auto braces : {"{}", "{ }", "  {}"}) {
        CHECK(adopted("hosts: " + std::string(braces) + "  # none yet\nsystems: { a: .#a }\n") ==
              "hosts:  # none yet\n  " + std::string(line) + "\nsystems: { a: .#a }\n");
    }
}

TEST_CASE("a file with problems is refused with them, nothing is added") {
    CHECK(adopted("hosts: 1\n").starts_with("refused: i:1:8: hosts: a map of names is wanted here"));
}

TEST_CASE("a name, MAC or address that is there already is refused with its line") {
    std::string_view text =
        "systems: { a: .#a }\nhosts:\n  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n";
    auto mac = *mac_address::parse("52:54:00:0a:00:01");
    CHECK(adopted(text, {"px01", seen.mac, "10.0.0.12/24", ""}) ==
          "refused: i:3:1: px01 is in the inventory already; take another name, or edit that line\n");
    CHECK(adopted(text, {"px02", mac, "10.0.0.12/24", ""}) ==
          "refused: i:3:1: 52:54:00:0a:00:01 is px01 already; it needs no adoption\n");
    CHECK(adopted(text, {"px02", seen.mac, "10.0.0.11/24", ""}).find("10.0.0.11 is also that of") !=
          std::string::npos);
    CHECK(adopted(text, {"px02", seen.mac, "10.0.0.11", ""}).find("add the length of the network's prefix") !=
          std::string::npos);
}

TEST_CASE("nothing can be smuggled in through name, address or role") {
    std::string_view text = "systems: { a: .#a }\nhosts:\n";
    for (const auto& host :
         {new_host{"px: {}\n  b", seen.mac, "dhcp", ""}, new_host{"b", seen.mac, "dhcp, role: a", ""},
          new_host{"b", seen.mac, "dhcp", "a }\nsite: x #"}, new_host{"", seen.mac, "dhcp", ""}}) {
        CHECK(adopted(text, host)
                  .starts_with("refused: i: name, address or role of the new host has characters"));
    }
}

static std::string replaced(std::string_view text, std::string_view name, std::optional<mac_address> old = {},
                            const char* fresh = "52:54:00:0a:00:09") {
    auto out = replace_mac(text, "i", name, old, *mac_address::parse(fresh));
    return out ? *out : "refused: " + inventory::text(out.error());
}

TEST_CASE("a replaced card's MAC takes the place of the old one, and nothing else moves") {
    std::string a =
        "systems: { a: .#a }\nhosts:\n  px01: { mac: '52-54-00-0A-00-01', ip: dhcp } # 52:54:00:0a:00:01\n";
    CHECK(
        replaced(a, "px01") ==
        "systems: { a: .#a }\nhosts:\n  px01: { mac: '52:54:00:0a:00:09', ip: dhcp } # 52:54:00:0a:00:01\n");
    std::string b =
        "systems: { a: .#a }\nhosts:\n  px01:\n    mac: [52:54:00:0a:00:01,  52:54:00:0a:00:02]\n    ip: "
        "dhcp\n";
    CHECK(replaced(b, "px01", mac_address::parse("52:54:00:0a:00:02")) ==
          "systems: { a: .#a }\nhosts:\n  px01:\n    mac: [52:54:00:0a:00:01,  52:54:00:0a:00:09]\n    ip: "
          "dhcp\n");
}

TEST_CASE("a replacement that is not clear is refused") {
    std::string_view text =
        "systems: { a: .#a }\nhosts:\n  px01:\n    mac: [52:54:00:0a:00:01, 52:54:00:0a:00:02]\n    ip: "
        "dhcp\n"
        "  px02: { mac: 52:54:00:0a:00:03, ip: dhcp }\n";
    CHECK(replaced(text, "px09") == "refused: i: px09 is not in the inventory; see `landscaper hosts`\n");
    CHECK(replaced(text, "px01") ==
          "refused: i:4:1: px01 has several MAC addresses; say which one was replaced\n");
    CHECK(replaced(text, "px02", mac_address::parse("52:54:00:0a:00:01")) ==
          "refused: i:6:1: 52:54:00:0a:00:01 is not of px02; see that line\n");
    CHECK(replaced(text, "px02", {}, "52:54:00:0a:00:01").find("is also that of px01 (line 4)") !=
          std::string::npos);
}
