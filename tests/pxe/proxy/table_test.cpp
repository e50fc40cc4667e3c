#include "pxe/proxy/table.hpp"

#include <doctest/doctest.h>

using namespace pxe;
using landscaper::mac_address;

static mac_address mac(std::uint8_t last) {
    return {{0x52, 0x54, 0, 0x0a, 0, last}};
}

static boot_entry entry(std::vector<mac_address> macs, std::string token = {}) {
    boot_entry e;
    e.mac = std::move(macs);
    e.token = std::move(token);
    return e;
}

TEST_CASE("a host is found by each of its MACs and by its token") {
    boot_table t;
    t.set(entry({mac(1), mac(2)}, "aa"));
    CHECK(t.find(mac(1)) == t.find(mac(2)));
    CHECK(t.find_token("aa") == t.find(mac(1)));
    CHECK(t.find(mac(3)) == nullptr);
    CHECK(t.find_token("") == nullptr);
    CHECK(t.size() == 1);
    CHECK(t.entries().size() == 1);
}

TEST_CASE("setting a host again replaces it, and its old token is gone") {
    boot_table t;
    t.set(entry({mac(1), mac(2)}, "aa"));
    t.set(entry({mac(1), mac(2)}, "bb"));
    CHECK(t.size() == 1);
    CHECK(t.find_token("aa") == nullptr);
    CHECK(t.find_token("bb") == t.find(mac(2)));
}

TEST_CASE("a MAC that moves to another host leaves the rest of the first one in place") {
    boot_table t;
    t.set(entry({mac(1), mac(2)}, "aa"));
    t.set(entry({mac(2)}, "bb"));
    CHECK(t.size() == 2);
    CHECK(t.find_token("aa") == t.find(mac(1)));
    CHECK(t.find_token("bb") == t.find(mac(2)));
    t.set(entry({mac(1)}, "cc"));
    CHECK(t.size() == 2);
    CHECK(t.find_token("aa") == nullptr);
}

TEST_CASE("dropping a host by one MAC drops all of it") {
    boot_table t;
    t.set(entry({mac(1), mac(2)}, "aa"));
    CHECK(t.drop(mac(2)));
    CHECK_FALSE(t.drop(mac(2)));
    CHECK(t.find(mac(1)) == nullptr);
    CHECK(t.find_token("aa") == nullptr);
    CHECK(t.size() == 0);
}

TEST_CASE("a new table is seen only when it is complete") {
    boot_table t;
    t.set(entry({mac(1)}));
    t.generation(3);
    t.begin(4);
    t.set(entry({mac(2)}));
    CHECK(t.find(mac(1)));
    CHECK_FALSE(t.find(mac(2)));
    CHECK(t.end(1));
    CHECK(t.generation() == 4);
    CHECK_FALSE(t.find(mac(1)));
    CHECK(t.find(mac(2)));
}

TEST_CASE("a new table with a wrong count is forgotten") {
    boot_table t;
    t.set(entry({mac(1)}));
    t.begin(4);
    t.set(entry({mac(2)}));
    CHECK_FALSE(t.end(2));
    CHECK_FALSE(t.is_building());
    CHECK(t.generation() == 0);
    CHECK(t.find(mac(1)));
    CHECK_FALSE(t.end(0));
}

TEST_CASE("a shared entry outlives its place in the table") {
    boot_table t;
    t.set(entry({mac(1)}, "aa"));
    auto kept = t.share(mac(1));
    t.drop(mac(1));
    CHECK(kept->token == "aa");
    CHECK(t.share(mac(1)) == nullptr);
}

TEST_CASE("ten thousand hosts are found by MAC and token") {
    boot_table t;
    t.begin(1);
    for (std::uint32_t n = 0; n < 10000; ++n) {
        mac_address m{{2, 0, 0, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
        t.set(entry({m}, std::to_string(n)));
    }
    CHECK(t.end(10000));
    CHECK(t.find(mac_address{{2, 0, 0, 0, 0x27, 0x0f}}) == t.find_token("9999"));
}
