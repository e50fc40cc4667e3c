#include "landscaper/engine/patch.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper::engine;
using nlohmann::json;

static std::string after(const char* document, const char* patch) {
    auto doc = json::parse(document);
    auto done = apply_patch(doc, json::parse(patch));
    return done ? doc.dump() : done.error().code().message();
}

// The cases of RFC 6902, appendix A, as far as they concern JSON values.
TEST_CASE("operations do what RFC 6902 appendix A says") {
    CHECK(after(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])") ==
          R"({"baz":"qux","foo":"bar"})");
    CHECK(after(R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])") ==
          R"({"foo":["bar","qux","baz"]})");
    CHECK(after(R"({"baz":1,"foo":2})", R"([{"op":"remove","path":"/baz"}])") == R"({"foo":2})");
    CHECK(after(R"({"foo":["a","b","c"]})", R"([{"op":"remove","path":"/foo/1"}])") ==
          R"({"foo":["a","c"]})");
    CHECK(after(R"({"baz":1})", R"([{"op":"replace","path":"/baz","value":"boo"}])") == R"({"baz":"boo"})");
    CHECK(after(R"({"foo":{"w":1},"qux":{}})", R"([{"op":"move","from":"/foo/w","path":"/qux/t"}])") ==
          R"({"foo":{},"qux":{"t":1}})");
    CHECK(after(R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"}])") == R"({"a":[1],"b":[1]})");
    CHECK(after(R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc"]}])") ==
          R"({"foo":["bar",["abc"]]})");
    CHECK(after(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])") == R"({"/":9,"~1":10})");
    CHECK(after("{}", R"([{"op":"add","path":"","value":{"a":1}}])") == R"({"a":1})");
}

TEST_CASE("a test operation tells 1 from 1.0") {
    CHECK(after(R"({"a":1})", R"([{"op":"test","path":"/a","value":1.0}])") ==
          "the patch expects another value");
}

TEST_CASE("patches that do not fit are errors, not crashes") {
    auto nowhere = "the patch names a place that does not exist";
    auto malformed = "not a JSON Patch (RFC 6902)";
    CHECK(after(R"({"foo":"bar"})", R"([{"op":"add","path":"/foo/x","value":1}])") == nowhere);
    CHECK(after(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":1}])") == nowhere);
    CHECK(after(R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":1}])") == nowhere);
    CHECK(after(R"({"a":[1]})", R"([{"op":"replace","path":"/a/01","value":1}])") == nowhere);
    CHECK(after(R"({"a":[1]})", R"([{"op":"remove","path":"/a/99999999999999999999"}])") == nowhere);
    CHECK(after("{}", R"([{"op":"remove","path":"a"}])") == malformed);
    CHECK(after("{}", R"([{"op":"remove","path":"/~2"}])") == malformed);
    CHECK(after("{}", R"([{"op":"add","path":"/a"}])") == malformed);
    CHECK(after("{}", R"([{"op":"grow","path":"/a","value":1}])") == malformed);
    CHECK(after("{}", R"({"op":"remove"})") == malformed);
    CHECK(after(R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])") == malformed);
}

TEST_CASE("copies that double a document again and again are refused") {
    json patch = json::array({{{"op", "add"}, {"path", "/a"}, {"value", json::array({1})}}});
    for (int i = 0; i < 64; ++i) patch.push_back({{"op", "copy"}, {"from", "/a"}, {"path", "/a/-"}});
    json document = json::object();
    CHECK(!apply_patch(document, patch));
}

TEST_CASE("pointers escape slashes and tildes") {
    CHECK(pointer_text({"a/b", "c~d", ""}) == "/a~1b/c~0d/");
    CHECK(pointer_names("/a~1b/c~0d/").value() == std::vector<std::string>{"a/b", "c~d", ""});
}
