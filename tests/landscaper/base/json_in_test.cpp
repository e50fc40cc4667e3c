#include "landscaper/base/json_in.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper;

TEST_CASE("a document of every type is read") {
    auto value = json_in(R"({"a":[1,-2,3.5,"x",true,false,null,{}],"b":{"a":1}})");
    REQUIRE(value.has_value());
    CHECK((*value)["a"].size() == 8);
    CHECK((*value)["b"]["a"] == 1);
    for (const auto* text : {"1", "\"x\"", "null", " [] "}) CHECK(json_in(text).has_value());
}

TEST_CASE("the same key twice in one object is refused by name; in two objects it is not") {
    auto twice = json_in(R"({"x":{"key":1,"key":2}})");
    REQUIRE(!twice);
    CHECK(twice.error().message() == "\"key\": the same key twice in one object");
    CHECK(json_in(R"([{"key":1},{"key":2},{"a":{"key":1},"key":2}])").has_value());
    CHECK(json_in("{\"a\":1,\"\\u0061\":2}").error().code() == json_errc::duplicate_key);
}

TEST_CASE("more levels or bytes than allowed are refused before they cost anything") {
    std::string deep(100000, '[');
    CHECK(json_in(deep).error().code() == json_errc::too_deep);
    CHECK(json_in("[[1]]", 100, 2).has_value());
    CHECK(json_in("[[[1]]]", 100, 2).error().code() == json_errc::too_deep);
    CHECK(json_in("{\"a\":{\"b\":{}}}", 100, 2).error().code() == json_errc::too_deep);
    CHECK(json_in("[1,2,3]", 6).error().message() == "7 bytes: larger than allowed");
    CHECK(json_in("[1,2,3]", 7).has_value());
}

TEST_CASE("what is not JSON is refused with its place") {
    for (const auto* text : {"", "{", "[1,]", "{\"a\"}", "{a:1}", "'x'", "01", "+1", "NaN", "1 2", "[] x",
                             "// c\n1", "\"\x01\"", "\"\xff\"", "\"\\ud800\"", "\"\\x\"", "\xef\xbb"}) {
        CAPTURE(text);
        auto value = json_in(text);
        REQUIRE(!value);
        CHECK(value.error().code() == json_errc::syntax);
    }
    CHECK(json_in("[1,]").error().context().starts_with("at byte "));
}

TEST_CASE("every truncation of a document is refused") {
    std::string_view text = R"({"a":[1,{"b":"c"}],"d":null})";
    for (std::size_t size = 0; size < text.size(); ++size) CHECK(!json_in(text.substr(0, size)));
}

TEST_CASE("numbers beyond doubles do not throw") {
    CHECK(json_in("1e400").error().code() == json_errc::syntax);
    CHECK(json_in("123456789012345678901234567890").has_value());
}

TEST_CASE("output is one line with sorted keys, and bytes that are not UTF-8 do not throw") {
    CHECK(json_text({{"b", 1}, {"a", {1, 2}}}) == R"({"a":[1,2],"b":1})");
    CHECK(json_text("caf\xe9") == "\"caf\xef\xbf\xbd\"");
    CHECK(json_pretty({{"a", 1}}) == "{\n  \"a\": 1\n}");
}
