#include "landscaper/base/nearest.hpp"

#include <doctest/doctest.h>

using landscaper::nearest;

TEST_CASE("the nearest key is found for slips, not for other words") {
    std::vector<std::string> known{"mac", "ip", "gateway", "firmware"};
    CHECK(nearest("gatway", known) == "gateway");
    CHECK(nearest("GATEWAY", known) == "gateway");
    CHECK(nearest("amc", known) == "mac");
    CHECK(nearest("firm", known) == "firmware");
    CHECK(nearest("colour", known) == "");
    CHECK(nearest("", known) == "");
    CHECK(nearest(std::string(100000, 'x'), known) == "");
}
