#include "landscaper/inventory/difference.hpp"

#include <doctest/doctest.h>

#include "landscaper/inventory/parse.hpp"

using namespace landscaper::inventory;

static rack of(std::string_view hosts, std::string_view more = "") {
    return parse("systems: { a: .#a, b: .#b }\ndefaults: { role: a }\n" + std::string(more) + "hosts:\n" +
                     std::string(hosts),
                 "i")
        .value();
}

TEST_CASE("hosts that came, went and changed, by name") {
    auto before =
        of("  a: { mac: 52:54:00:0a:00:01, ip: 10.0.0.1/24 }\n  b: { mac: 52:54:00:0a:00:02, ip: dhcp }\n"
           "  c: { mac: 52:54:00:0a:00:03, ip: dhcp }\n");
    auto after =
        of("  c: { mac: 52:54:00:0a:00:03, ip: dhcp }\n  d: { mac: 52:54:00:0a:00:02, ip: dhcp }\n"
           "  a: { mac: 52:54:00:0a:00:01, ip: 10.0.0.2/24, role: b, disk: { wipe: own } }\n");
    CHECK(difference(before, after) ==
          std::vector<host_change>{{"a", change_kind::changed, {"disk", "ip", "role"}},
                                   {"b", change_kind::removed, {}},
                                   {"d", change_kind::added, {}}});
    CHECK(difference(after, after).empty());
}

TEST_CASE("every key of a host is noticed") {
    auto plain = of("  a: { mac: 52:54:00:0a:00:01, ip: 10.0.0.5/24 }\n");
    for (const auto& [key, text] :
         std::map<std::string, std::string>{{"boot", "boot: { nbp: uki }"},
                                            {"data", "data: { x: 1 }"},
                                            {"disko", "disko: { x: 1 }"},
                                            {"domain", "domain: rack.example.org"},
                                            {"firmware", "firmware: bios"},
                                            {"gateway", "gateway: 10.0.0.1"},
                                            {"managed_by", "managed_by: module"},
                                            {"mtu", "mtu: 9000"},
                                            {"nameservers", "nameservers: 10.0.0.1"},
                                            {"ntp", "ntp: [10.0.0.2, 10.0.0.3]"},
                                            {"trust", "trust: confirm"},
                                            {"disk", "disk: { esp_size: 1G }"}}) {
        CAPTURE(key);
        auto changed = of("  a: { mac: 52:54:00:0a:00:01, ip: 10.0.0.5/24, " + text + " }\n");
        CHECK(difference(plain, changed) == std::vector<host_change>{{"a", change_kind::changed, {key}}});
    }
}

TEST_CASE("a changed default changes the hosts that it serves") {
    std::string hosts =
        "  a: { mac: 52:54:00:0a:00:01, ip: dhcp }\n  b: { mac: 52:54:00:0a:00:02, ip: dhcp, role: a }\n";
    auto before = parse("systems: { a: .#a, b: .#b }\ndefaults: { role: a }\nhosts:\n" + hosts, "i").value();
    auto after = parse("systems: { a: .#a, b: .#b }\ndefaults: { role: b }\nhosts:\n" + hosts, "i").value();
    CHECK(difference(before, after) == std::vector<host_change>{{"a", change_kind::changed, {"role"}}});
}

TEST_CASE("the other sections that changed") {
    auto before = of("", "");
    CHECK(changed_sections(
              before, of("", "site: b\nnetwork: { dhcp: off }\ndeployments: { x: {} }\nlaunch: [a]\n")) ==
          std::vector<std::string>{"deployments", "launch", "network", "site"});
    CHECK(changed_sections(before, before).empty());
}
