#include "landscaper/inventory/schema.hpp"

#include <doctest/doctest.h>

#include "landscaper/inventory/parse.hpp"

using namespace landscaper::inventory;

TEST_CASE("every row says what it is for, in a sentence") {
    for (const auto& key : schema()) {
        CAPTURE(key.name);
        CHECK(!key.values.empty());
        CHECK(key.text.ends_with("."));
    }
}

TEST_CASE("words that rows offer are words that are read") {
    for (const auto& key : schema()) {
        if (key.section != "hosts.NAME" || key.values.find(" | ") == key.values.npos) continue;
        for (auto rest = std::string(key.values); !rest.empty();) {
            auto bar = rest.find(" | ");
            auto word = rest.substr(0, bar);
            rest = bar == rest.npos ? "" : rest.substr(bar + 3);
            if (word == "ADDR/LEN") continue;
            std::string line = key.name == "ip" ? "" : ", ip: dhcp";
            auto read = parse("systems: { a: .#a }\nhosts:\n  px: { mac: 52:54:00:0a:00:01" + line + ", " +
                                  std::string(key.name) + ": " + word + " }\n",
                              "i");
            CAPTURE(key.name);
            CAPTURE(word);
            CHECK(read.has_value());
        }
    }
}

TEST_CASE("completion offers a section's keys") {
    CHECK(completions("hosts.NAME", "na") == std::vector<std::string>{"nameservers"});
    CHECK(completions("", "").size() == 9);
    CHECK(completions("nowhere", "").empty());
}

TEST_CASE("the reference page has a table per section, with bars escaped") {
    auto page = reference_page();
    CHECK(page.find("\n## `hosts.NAME.disk`\n") != std::string::npos);
    CHECK(page.find("| `firmware` | uefi \\| bios | uefi | How the host boots.") != std::string::npos);
}
