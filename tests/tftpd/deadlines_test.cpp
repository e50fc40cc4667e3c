#include "tftpd/deadlines.hpp"

#include <doctest/doctest.h>

using namespace tftpd;
using namespace std::chrono_literals;
using time_point = deadlines::time_point;

static const time_point start{};

TEST_CASE("the earliest is due first, and nothing before its time") {
    deadlines d;
    auto a = time_point::max(), b = time_point::max();
    d.schedule(1, start + 20ms, a);
    d.schedule(2, start + 10ms, b);
    CHECK(d.earliest() == start + 10ms);
    CHECK_FALSE(d.take_due(start + 9ms));
    CHECK(d.take_due(start + 30ms)->who == 2);
    CHECK(d.take_due(start + 30ms)->who == 1);
    CHECK_FALSE(d.take_due(start + 30ms));
}

TEST_CASE("moving a deadline later adds nothing; moving it earlier makes the old one stale") {
    deadlines d;
    auto mine = time_point::max();
    d.schedule(1, start + 20ms, mine);
    for (int i = 21; i < 1000; ++i) d.schedule(1, start + i * 1ms, mine);
    CHECK(d.size() == 1);
    CHECK(mine == start + 20ms);
    d.schedule(1, start + 5ms, mine);
    CHECK(d.take_due(start + 5ms)->when == mine);
    CHECK(d.take_due(start + 20ms)->when != mine);
}
