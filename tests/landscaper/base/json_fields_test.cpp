#include "landscaper/base/json_fields.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper;
using nlohmann::json;

TEST_CASE("fields of the right types are read, absent and null ones are none") {
    json object{{"name", "sda"}, {"size", 10u},        {"delta", -3},
                {"ok", true},    {"list", {"a", "b"}}, {"gone", nullptr}};
    json_fields in(object, "disks[0]");
    CHECK(in.text("name") == "sda");
    CHECK(in.number("size") == 10);
    CHECK(in.integer("delta") == -3);
    CHECK(in.boolean("ok"));
    CHECK(in.texts("list") == std::vector<std::string>{"a", "b"});
    CHECK(in.text_or_empty("gone") == "");
    CHECK(!in.number_or_none("absent"));
    CHECK(in.find("gone") == nullptr);
    CHECK(!in.failed());
}

TEST_CASE("a wrong field is named, and the first one stays") {
    json object{{"name", 7}, {"size", -1}};
    json_fields in(object, "disks[0]");
    CHECK(in.number("size") == 0);
    CHECK(in.text("name") == "");
    CHECK(in.text("absent") == "");
    REQUIRE(in.failed());
    CHECK(in.failure().message() == "disks[0].size: not a whole number from 0 on: wrong type");
}

TEST_CASE("every type is refused where another is wanted") {
    const json values[] = {nullptr, "x", 1u, -1, 1.5, true, json::array({1}), json::object()};
    for (const auto& value : values) {
        json object{{"f", value}};
        auto fails = [&](auto read) {
            json_fields in(object, "o");
            read(in);
            return in.failed();
        };
        CHECK(fails([](auto& in) { in.text("f"); }) == !value.is_string());
        CHECK(fails([](auto& in) { in.number("f"); }) == !value.is_number_unsigned());
        CHECK(fails([](auto& in) { in.integer("f"); }) == !value.is_number_integer());
        CHECK(fails([](auto& in) { in.boolean("f"); }) == !value.is_boolean());
        CHECK(fails([](auto& in) { in.array("f"); }) == !value.is_array());
        CHECK(fails([](auto& in) { in.texts("f"); }));
    }
}

TEST_CASE("what is no object, too long a list, and a nested failure") {
    json list = json::array({1, 2, 3}), object{{"list", list}};
    json_fields none(list, "facts");
    CHECK(none.failure().message() == "facts: not an object: wrong type");
    CHECK(none.find("x") == nullptr);
    json_fields in(object, "facts");
    CHECK(in.array("list", 3).size() == 3);
    CHECK(in.array("list", 2).empty());
    CHECK(in.failed());
    json_fields outer(object, "all");
    outer.take(none);
    CHECK(outer.failure() == none.failure());
}
