#include "landscaper/base/http_date.hpp"

#include <doctest/doctest.h>

using namespace landscaper;

TEST_CASE("the three forms of RFC 9110 5.6.7 are one moment") {
    CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == 784111777);
    CHECK(parse_http_date("Sun Nov 16 08:49:37 1994") == 784111777 + 10 * 86400);
    CHECK(parse_http_date(http_date(1'732'200'000)) == 1'732'200'000);
}

TEST_CASE("what is no date is none") {
    for (auto bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
                     "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
                     "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, -1 Nov 1994 08:49:37 GMT"}) {
        CAPTURE(bad);
        CHECK(!parse_http_date(bad));
    }
}

TEST_CASE("no truncation of a date is a date, nor breaks anything") {
    std::string whole = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(!parse_http_date(whole.substr(0, size)));
}
