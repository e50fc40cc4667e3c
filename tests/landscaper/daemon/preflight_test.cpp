#include "landscaper/daemon/preflight.hpp"

#include <doctest/doctest.h>

using namespace landscaper;

static std::string objection(const char* ip, const char* gateway = nullptr, bool is_static = true) {
    inventory::host host;
    host.ip = ip_prefix::parse(ip);
    if (gateway) host.gateway = ip_address::parse(gateway);
    inventory::network network;
    if (is_static) network.address = ip_prefix::parse("10.0.0.5/24");
    return daemon::objection_to_address(
        host, network, {{"lan", *ip_prefix::parse("10.1.0.5/24")}, {"lo", *ip_prefix::parse("127.0.0.1/8")}});
}

TEST_CASE("a host that could not answer from where it will be is told before it is switched on") {
    CHECK(objection("10.0.0.11/24") == "");
    CHECK(objection("10.1.0.11/24") == "");
    CHECK(objection("10.9.0.11/24", "10.9.0.1") == "");
    CHECK(objection("10.9.0.11/24") ==
          "no way from 10.9.0.11/24 to this machine (10.0.0.5/24, 10.1.0.5/24); write `gateway:`, or correct "
          "the address");
    CHECK(objection("10.0.0.11/24", nullptr, false).find("(10.1.0.5/24)") != std::string::npos);
    CHECK(objection("fd00::11/64").find("(no address)") != std::string::npos);
    inventory::host by_dhcp;
    CHECK(daemon::objection_to_address(by_dhcp, {}, {}) == "");
}

TEST_CASE("a host with another prefix length than the network it is in") {
    for (const auto* gateway : {"10.0.0.1", static_cast<const char*>(nullptr)}) {
        CHECK(objection("10.0.0.11/16", gateway) ==
              "10.0.0.11/16 is on the network of this machine's 10.0.0.5/24, with another prefix length; "
              "correct "
              "one of the two");
    }
    CHECK(objection("10.0.0.11/25", "10.0.0.1").find("another prefix length") != std::string::npos);
}
