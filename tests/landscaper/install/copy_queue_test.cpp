#include "landscaper/install/copy_queue.hpp"

#include <doctest/doctest.h>

using namespace landscaper::install;
using place = copy_queue::place;

TEST_CASE("hosts copy at once as long as their bytes stay within the limit, the others wait in order") {
    copy_queue line(250);
    CHECK(line.ask("px01", 100) == place{true, 0, 0});
    CHECK(line.ask("px02", 100) == place{true, 1, 100});
    CHECK(line.ask("px03", 100) == place{false, 2, 200});
    CHECK(line.ask("px04", 100) == place{false, 3, 300});
    CHECK(line.ask("px03", 100) == place{false, 2, 200});
}

TEST_CASE("bytes that have been copied make room before a host is done") {
    copy_queue line(250);
    for (const char* host : {"px01", "px02", "px03", "px04"}) line.ask(host, 100);
    CHECK_FALSE(line.remains("px01", 60));
    CHECK(line.remains("px02", 90));
    CHECK(line.ask("px03", 100) == place{true, 2, 150});
    CHECK(line.ask("px04", 100) == place{false, 3, 250});
    // What a copy says of itself never goes up again.
    CHECK_FALSE(line.remains("px01", 80));
    CHECK(line.ask("px02", 100) == place{true, 1, 60});
}

TEST_CASE("a host that leaves lets the next one in, whether it copied or waited") {
    copy_queue line(100);
    for (const char* host : {"px01", "px02", "px03"}) line.ask(host, 100);
    line.leave("px02");
    CHECK(line.ask("px03", 100) == place{false, 1, 100});
    line.leave("px01");
    CHECK(line.ask("px03", 100) == place{true, 0, 0});
    line.leave("nobody");
    CHECK_FALSE(line.remains("nobody", 1));
    // Asked again, the one that left stands at the end.
    CHECK(line.ask("px02", 100) == place{false, 1, 100});
}

TEST_CASE("a closure larger than the limit is copied alone") {
    copy_queue line(100);
    CHECK(line.ask("px01", 1000).may_copy);
    CHECK_FALSE(line.ask("px02", 10).may_copy);
    line.leave("px01");
    CHECK(line.ask("px02", 10).may_copy);
    CHECK(line.ask("px03", 10).may_copy);
}

TEST_CASE("a small closure does not overtake a large one") {
    copy_queue line(100);
    line.ask("px01", 60);
    CHECK_FALSE(line.ask("px02", 80).may_copy);
    CHECK_FALSE(line.ask("px03", 10).may_copy);
    line.remains("px01", 20);
    CHECK(line.ask("px02", 80).may_copy);
    CHECK_FALSE(line.ask("px03", 10).may_copy);
}

TEST_CASE("a host that waits is told for how many and how much") {
    CHECK(describe(place{false, 4, 310999999}) == "waits to copy: 4 hosts before it, 310 MB");
    CHECK(describe(place{false, 1, 2000000}) == "waits to copy: 1 host before it, 2 MB");
}
