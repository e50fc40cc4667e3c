#include "landscaper/base/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>

#include "landscaper/base/json_in.hpp"

using namespace landscaper;

static result<int> parse(int number) {
    if (number < 0) return error(json_errc::syntax, "number " + std::to_string(number));
    return number;
}

static result<int> doubled(int number) {
    TRY(auto value, parse(number));
    TRY_VOID(parse(value));
    return value * 2;
}

static result<void> checked(int number) {
    TRY_VOID(parse(number));
    return {};
}

TEST_CASE("TRY goes on with a value and returns an error") {
    CHECK(*doubled(4) == 8);
    CHECK(doubled(-1).error().message() == "number -1: not valid JSON");
    CHECK(checked(1).has_value());
    CHECK(checked(-1).error().code() == json_errc::syntax);
}

TEST_CASE("TRY moves what cannot be copied") {
    auto make = []() -> result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    auto use = [&]() -> result<int> {
        TRY(auto owned, make());
        return *owned;
    };
    CHECK(*use() == 7);
}

TEST_CASE("places are put in front, outermost first") {
    error e(json_errc::missing, "name");
    CHECK(e.in("host px01").message() == "host px01: name: missing field");
    CHECK(error(json_errc::missing).in("host px01").message() == "host px01: missing field");
    CHECK(error(json_errc::missing).message() == "missing field");
}

TEST_CASE("errno keeps its number and says what was tried") {
    errno = ENOENT;
    auto e = errno_error("opening x");
    CHECK(e.code() == boost::system::errc::no_such_file_or_directory);
    CHECK(e.message() == "opening x: No such file or directory");
}

TEST_CASE("value() of an error throws its sentence") {
    CHECK_THROWS_WITH((void)parse(-1).value(), "number -1: not valid JSON");
}

TEST_CASE("errors are equal by code and context") {
    CHECK(error(json_errc::missing, "a") == error(json_errc::missing, "a"));
    CHECK(error(json_errc::missing, "a") != error(json_errc::missing, "b"));
    CHECK(error() == error());
}
