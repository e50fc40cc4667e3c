#include "landscaper/base/duration_text.hpp"

#include <doctest/doctest.h>

using landscaper::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("a span of time is a whole number and one unit") {
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("10m") == 600s);
    CHECK(parse_duration("1h") == 3600s);
    CHECK(parse_duration("366d") == std::chrono::days(366));
    for (const auto* bad :
         {"", "10", "m", "0s", "-1s", "1.5h", "1h30m", "10 m", "10M", "367d", "99999999999s"}) {
        CAPTURE(std::string(bad));
        CHECK(!parse_duration(bad));
    }
}
