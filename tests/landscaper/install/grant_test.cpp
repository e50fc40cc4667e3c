#include "landscaper/install/grant.hpp"

#include <doctest/doctest.h>

using namespace landscaper::install;

namespace {

const id128 host{7};
const appliance_time given_at{"this boot", 5000};

std::string text() {
    return grant_text({host, 3, {"wwid:a", "wwid:b"}, true}, given_at, std::chrono::hours(1));
}

}  // namespace

TEST_CASE("a grant is read as it was written, and lives for its time") {
    auto found = parse_grant(text(), host, given_at);
    REQUIRE(found);
    CHECK(found->live);
    CHECK(found->attempt == 3);
    CHECK(found->identities == std::vector<std::string>{"wwid:a", "wwid:b"});
    CHECK(parse_grant(text(), host, {"this boot", 5000 + 3599})->live);
    CHECK_FALSE(parse_grant(text(), host, {"this boot", 5000 + 3600})->live);
}

TEST_CASE("a grant dies with the boot of the appliance in which it was given") {
    CHECK_FALSE(parse_grant(text(), host, {"the next boot", 10})->live);
}

TEST_CASE("a torn grant is none") {
    auto whole = text();
    CHECK_FALSE(parse_grant("", host, given_at));
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
        CHECK_FALSE(parse_grant(whole.substr(0, size), host, given_at));
    }
}
