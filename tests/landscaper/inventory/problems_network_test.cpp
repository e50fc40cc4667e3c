// Every mistake in MACs and addresses, and the sentence that the operator reads.
#include <doctest/doctest.h>

#include "problems_of.hpp"

using namespace landscaper::inventory;

TEST_CASE("a missing address") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01: { mac: 52:54:00:0a:00:01 }\n") ==
        "i:3:3: hosts.px01: \"ip\" is missing; write the server's address, ip: 10.0.0.11/24, or ip: dhcp\n");
}

TEST_CASE("a missing MAC") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { ip: dhcp }\n") ==
          "i:3:3: hosts.px01: \"mac\" is missing; write the address of the server's network card, mac: "
          "52:54:00:0a:00:01\n");
}

TEST_CASE("a host without anything") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01:\n") ==
        "i:3:3: hosts.px01: \"mac\" is missing; write the address of the server's network card, mac: "
        "52:54:00:0a:00:01\n"
        "i:3:3: hosts.px01: \"ip\" is missing; write the server's address, ip: 10.0.0.11/24, or ip: dhcp\n");
}

TEST_CASE("a MAC with a digit too few") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:1\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: \"52:54:00:0a:00:1\" is not a MAC address; write six pairs of hexadecimal "
          "digits, like 52:54:00:0a:00:01\n");
}

TEST_CASE("a multicast MAC") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 01:00:5e:00:00:01\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: \"01:00:5e:00:00:01\" is not the address of a network card; look it up on "
          "the card's label\n");
}

TEST_CASE("a MAC that is nothing") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac:\n"
                      "    ip: dhcp\n") ==
          "i:4:5: hosts.px01.mac: nothing where a MAC address is wanted; write it behind the colon, or leave "
          "the key out\n");
}

TEST_CASE("a MAC twice in a list") {
    CHECK(
        problems_of("systems: { a: .#a }\n"
                    "hosts:\n"
                    "  px01:\n"
                    "    mac: [52:54:00:0a:00:01, 52-54-00-0a-00-01]\n"
                    "    ip: dhcp\n") ==
        "i:4:30: hosts.px01.mac: \"52-54-00-0a-00-01\" is not new in this list; write every address once\n");
}

TEST_CASE("an empty list of MACs") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: []\n"
                      "    ip: dhcp\n") ==
          "i:4:10: hosts.px01.mac: an empty list; leave the key out, or name something\n");
}

TEST_CASE("a MAC of two hosts, lines of both") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n"
                      "  px02:\n"
                      "    mac: [52:54:00:0a:00:02, 52:54:00:0A:00:01]\n"
                      "    ip: dhcp\n") ==
          "i:5:30: hosts.px02.mac: 52:54:00:0a:00:01 is also that of px01 (line 3); every address belongs to "
          "one host\n");
}

TEST_CASE("an address of two hosts") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n"
                      "  px02: { mac: 52:54:00:0a:00:02, ip: 10.0.0.11/16 }\n") ==
          "i:4:39: hosts.px02.ip: 10.0.0.11 is also that of px01 (line 3); every address belongs to one "
          "host\n");
}

TEST_CASE("the appliance's address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "network: { address: 10.0.0.11/24 }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }\n") ==
          "i:4:39: hosts.px01.ip: 10.0.0.11 is also that of the appliance (line 2); every address belongs to "
          "one host\n");
}

TEST_CASE("an address without prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.11\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.11\" is not an address with prefix length; add the length of the "
          "network's prefix, like 10.0.0.11/24\n");
}

TEST_CASE("an IPv6 address without prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: fd00::1\n") ==
          "i:5:9: hosts.px01.ip: \"fd00::1\" is not an address with prefix length; add the length of the "
          "network's prefix, like fd00::1/64\n");
}

TEST_CASE("an octet above 255") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.300/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.300/24\" is not an address with prefix length; write it like "
          "10.0.0.11/24, or `dhcp`\n");
}

TEST_CASE("a prefix of 33 bits") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.11/33\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.11/33\" is not an address with prefix length; write it like "
          "10.0.0.11/24, or `dhcp`\n");
}

TEST_CASE("the network's address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.0/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.0/24\" is not an address of one machine but of the network; write "
          "the server's own address in it, like 10.0.0.11/24\n");
}

TEST_CASE("the broadcast address") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 10.0.0.255/24\n") ==
          "i:5:9: hosts.px01.ip: \"10.0.0.255/24\" is not an address of one machine but of the network; "
          "write the server's own address in it, like 10.0.0.11/24\n");
}

TEST_CASE("loopback") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: 127.0.0.2/8\n") ==
          "i:5:9: hosts.px01.ip: \"127.0.0.2/8\" is not an address that a machine can have; write the "
          "server's own address\n");
}

TEST_CASE("multicast") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: ff02::1/64\n") ==
          "i:5:9: hosts.px01.ip: \"ff02::1/64\" is not an address that a machine can have; write the "
          "server's own address\n");
}

TEST_CASE("a list") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: [10.0.0.11/24]\n") ==
          "i:5:9: hosts.px01.ip: a list where an address with prefix length, or `dhcp`, is wanted; write one "
          "value on this line\n");
}

TEST_CASE("a gateway outside of the prefix") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.1.1 }\n") ==
          "i:3:62: hosts.px01.gateway: 10.0.1.1 is not in 10.0.0.11/24, the host's network; correct one of "
          "the two\n");
}

TEST_CASE("a gateway that is the host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.11 }\n") ==
          "i:3:62: hosts.px01.gateway: 10.0.0.11 is the host itself; write the router's address\n");
}

TEST_CASE("a gateway with a prefix length") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: 10.0.0.1/24 }\n") ==
          "i:3:62: hosts.px01.gateway: \"10.0.0.1/24\" is not an IP address; leave the prefix length out\n");
}

TEST_CASE("a default gateway that does not fit one host") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "defaults: { gateway: 10.0.0.1 }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: 10.1.0.11/24 }\n") ==
          "i:4:39: hosts.px01.ip: the default gateway 10.0.0.1 is not in 10.1.0.11/24, the host's network; "
          "correct the address, or write `gateway:` for this host\n");
}

TEST_CASE("a gateway beside DHCP") {
    CHECK(problems_of("systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01:\n"
                      "    mac: 52:54:00:0a:00:01\n"
                      "    ip: dhcp\n"
                      "    gateway: 10.0.0.1\n") ==
          "i:6:14: hosts.px01.gateway: a gateway for an address by DHCP; leave it out, DHCP names the "
          "gateway; or write the address in `ip`\n");
}

TEST_CASE("no address where landscaper gives the addresses") {
    CHECK(problems_of("network: { dhcp: reservations }\n"
                      "systems: { a: .#a }\n"
                      "hosts:\n"
                      "  px01: { mac: 52:54:00:0a:00:01, ip: dhcp }\n") ==
          "i:4:39: hosts.px01.ip: no address, and `network.dhcp: reservations` gives only known ones; write "
          "the host's address, or `dhcp: proxy` beside a DHCP server\n");
}

TEST_CASE("a domain that is none") {
    for (std::string domain : {"Rack.example.org", "example.org.", "a..b", "-a.b", "rack_a.org"}) {
        CAPTURE(domain);
        CHECK(
            problems_of(
                "systems: { a: .#a }\nhosts:\n  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, domain: " +
                domain + " }\n") ==
            "i:3:61: hosts.px01.domain: \"" + domain +
                "\" is not a DNS domain; write it in lower case and without a dot at the end, "
                "like rack.example.org\n");
    }
}

TEST_CASE("an MTU that is none") {
    for (std::string mtu : {"575", "65536", "1500B", "-1"}) {
        CAPTURE(mtu);
        CHECK(problems_of(
                  "systems: { a: .#a }\nhosts:\n  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, mtu: " +
                  mtu + " }\n") ==
              "i:3:58: hosts.px01.mtu: \"" + mtu +
                  "\" is not an MTU; write bytes from 576 to 65535, like 1500 or 9000\n");
    }
}

TEST_CASE("a prefix that holds nobody else, or everybody") {
    for (const auto& [written, remedy] : {std::pair{"10.0.0.11/0", "10.0.0.11/24"},
                                          {"10.0.0.11/32", "10.0.0.11/24"},
                                          {"fd00::11/128", "fd00::11/64"},
                                          {"fd00::11/0", "fd00::11/64"}}) {
        CHECK(problems_of("systems: { a: .#a }\n"
                          "hosts:\n"
                          "  px01:\n"
                          "    mac: 52:54:00:0a:00:01\n"
                          "    ip: " +
                          std::string(written) + "\n") ==
              "i:5:9: hosts.px01.ip: \"" + std::string(written) +
                  "\" is not an address in a network; write the length of the network's prefix, like " +
                  remedy + "\n");
    }
}

TEST_CASE("a gateway that is the network itself") {
    for (const auto* gateway : {"10.0.0.0", "10.0.0.255"}) {
        CHECK(problems_of("systems: { a: .#a }\n"
                          "hosts:\n"
                          "  px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24, gateway: " +
                          std::string(gateway) + " }\n") ==
              "i:3:62: hosts.px01.gateway: " + std::string(gateway) +
                  " is no machine of 10.0.0.11/24 but the network; write the router's address\n");
    }
}
