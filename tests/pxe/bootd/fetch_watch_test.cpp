#include "pxe/bootd/fetch_watch.hpp"

#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::bootd;

TEST_CASE("one machine may fetch its payload as often as it likes, by any of its ports") {
    fetch_watch watch;
    auto own = std::vector{mac_number(1), mac_number(2)};
    CHECK(!watch.fetched("t", mac_number(1), own));
    CHECK(!watch.fetched("t", mac_number(1), own));
    CHECK(!watch.fetched("t", mac_number(2), own));
    CHECK(!watch.fetched("u", mac_number(3), {}));
}

TEST_CASE("a second machine with the same token is an alarm, once per change") {
    fetch_watch watch;
    auto own = std::vector{mac_number(1)};
    CHECK(!watch.fetched("t", mac_number(9), own));  // the impostor came first
    CHECK(watch.fetched("t", mac_number(1), own) == mac_number(9));
    CHECK(!watch.fetched("t", mac_number(1), own));
    CHECK(watch.fetched("t", mac_number(9), own) == mac_number(1));
}

TEST_CASE("a machine that fetches under another address than before is worth a look") {
    fetch_watch watch;
    CHECK(!watch.moved("t", mac_number(1), "10.0.0.24"));
    CHECK(!watch.moved("t", mac_number(1), "10.0.0.24"));
    CHECK(watch.moved("t", mac_number(1), "10.0.0.11") == "10.0.0.24");
    CHECK(!watch.moved("t", mac_number(1), "10.0.0.11"));
    CHECK(!watch.moved("t", mac_number(2), "10.0.0.12"));  // two machines: the other alarm
    CHECK(!watch.moved("u", mac_number(1), "10.0.0.99"));
    watch.withdraw("t", mac_number(1));
    CHECK(!watch.moved("t", mac_number(2), "10.0.0.13"));
}

TEST_CASE("a withdrawn token is remembered, the oldest of very many forgotten") {
    fetch_watch watch;
    watch.withdraw("t", mac_number(1));
    CHECK(watch.withdrawn("t") == mac_number(1));
    CHECK(!watch.withdrawn("u"));
    for (unsigned i = 0; i < 65536; ++i) watch.withdraw(std::to_string(i), mac_number(2));
    CHECK(!watch.withdrawn("t"));
    CHECK(watch.withdrawn("65535"));
}

TEST_CASE("a machine is found in the neighbour table") {
    // From Linux 6.1, /proc/net/arp.
    std::string arp =
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.0.0.11        0x1         0x2         52:54:00:0a:00:01     *        eth0\n"
        "10.0.0.12        0x1         0x0         00:00:00:00:00:00     *        eth0\n";
    CHECK(neighbour_in(arp, "10.0.0.11") == landscaper::mac_address::parse("52:54:00:0a:00:01"));
    CHECK(!neighbour_in(arp, "10.0.0.12"));
    CHECK(!neighbour_in(arp, "10.0.0.1"));
    CHECK(!neighbour_in("", "10.0.0.1"));
}
