#include "landscaper/engine/state.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "members.hpp"

using namespace landscaper::engine;
using nlohmann::json;

// As nixops4-resources-local 0.1 writes it: every event has index 0, times in nanoseconds.
static const std::string upstream = R"({
  "index": 0,
  "meta": {
    "time": "2025-03-01T10:00:00.123456789+00:00"
  },
  "patch": [
    {
      "op": "add",
      "path": "",
      "value": {
        "_type": "nixopsState",
        "deployments": {},
        "resources": {}
      }
    }
  ]
}
{
  "index": 0,
  "meta": {
    "event": "create",
    "time": "2025-03-01T10:00:01.000000001+00:00"
  },
  "patch": [
    {
      "op": "add",
      "path": "/resources/id",
      "value": {
        "input_properties": {
          "initialize_with": 1
        },
        "output_properties": {
          "value": 1
        },
        "type": "memo"
      }
    }
  ]
}
{
  "index": 0,
  "meta": {
    "event": "create",
    "time": "2025-03-01T10:00:02.5+00:00"
  },
  "patch": [
    {
      "op": "add",
      "path": "/deployments/a~1b",
      "value": {
        "deployments": {
          "in.ner": {
            "deployments": {},
            "resources": {
              "x": {
                "input_properties": {},
                "output_properties": {},
                "type": "memo"
              }
            }
          }
        },
        "resources": {}
      }
    }
  ]
}
)";

static resource_entry entry(json inputs, json outputs, json extra = json::object()) {
    return {"memo", value(std::move(inputs)), value(std::move(outputs)), value(std::move(extra))};
}

TEST_CASE("a file whose events all have index 0 is read, nested deployments included") {
    auto read = replay(upstream).value();
    CHECK(read.events == 3);
    CHECK(read.next_index == 3);
    CHECK(read.valid_bytes == upstream.size());
    CHECK(!read.is_torn);
    auto all = read.document.resources().value();
    REQUIRE(all.size() == 2);
    CHECK(all.at({"id"}).outputs->at("value") == 1);
    CHECK(all.contains({"a/b", "in.ner", "x"}));
}

TEST_CASE("events are written byte by byte as NixOps4 indents them") {
    auto patch = json::parse(
        R"([{"op":"add","path":"","value":{"_type":"nixopsState","deployments":{},"resources":{}}}])");
    auto text = event_text(0, "2025-03-01T10:00:00.123456789+00:00", "", patch);
    CHECK(text == upstream.substr(0, text.size()));
}

TEST_CASE("camelCase entries of NixOps4's manual are read, and rewritten in snake_case") {
    state_document d(json::parse(R"({"_type":"nixopsState","deployments":{},"resources":
        {"a":{"type":"memo","inputProperties":{"x":1},"outputProperties":{"y":2},"note":"mine"}}})"));
    auto read = d.find({"a"}).value();
    CHECK(read.inputs->at("x") == 1);
    CHECK(read.outputs->at("y") == 2);
    CHECK(read.extra->at("note") == "mine");
    read.inputs = value(json{{"x", 5}});
    REQUIRE(d.apply(d.patch_for({{"a"}, read})).has_value());
    CHECK(d.raw()["resources"]["a"].dump() ==
          R"({"input_properties":{"x":5},"note":"mine","output_properties":{"y":2},"type":"memo"})");
}

TEST_CASE("a change is a patch of only what changes, and keys of others stay") {
    state_document d(empty_state());
    auto create = d.patch_for({{"a", "b", "c"}, entry({{"n", 1}}, {{"m", 1}}), "create"});
    REQUIRE(create.size() == 3);
    CHECK(create[0]["path"] == "/deployments/a");
    CHECK(create[1]["path"] == "/deployments/a/deployments/b");
    CHECK(create[2]["path"] == "/deployments/a/deployments/b/resources/c");
    REQUIRE(d.apply(create).has_value());
    CHECK(d.find({"a", "b", "c"}).has_value());
}

TEST_CASE("an update replaces the fields that differ; the same again is no event") {
    state_document d(empty_state());
    REQUIRE(d.apply(d.patch_for({{"c"}, entry({{"n", 1}}, {{"m", 1}}, {{"theirs", true}})})).has_value());
    auto next = entry({{"n", 2}}, {{"m", 1}});
    auto patch = d.patch_for({{"c"}, next});
    REQUIRE(patch.size() == 1);
    CHECK(patch[0].dump() == R"({"op":"replace","path":"/resources/c/input_properties","value":{"n":2}})");
    REQUIRE(d.apply(patch).has_value());
    CHECK(d.raw()["resources"]["c"]["theirs"] == true);
    CHECK(d.patch_for({{"c"}, next}).empty());
    CHECK(d.patch_for({{"c"}, entry({{"n", 2.0}}, {{"m", 1}})}).size() == 1);
    CHECK(d.patch_for({{"c"}, std::nullopt}).dump() == R"([{"op":"remove","path":"/resources/c"}])");
    CHECK(d.patch_for({{"nobody"}, std::nullopt}).empty());
}

TEST_CASE("composites of others that lack a key get it") {
    state_document d(
        json::parse(R"({"_type":"nixopsState","resources":{},"deployments":{"a":{"resources":{}}}})"));
    REQUIRE(d.apply(d.patch_for({{"a", "b", "c"}, entry(json::object(), json::object())})).has_value());
    CHECK(d.find({"a", "b", "c"}).has_value());
    state_document bare(json::parse(R"({"_type":"nixopsState"})"));
    REQUIRE(bare.apply(bare.patch_for({{"a"}, entry(json::object(), json::object())})).has_value());
    CHECK(bare.find({"a"}).has_value());
}

TEST_CASE("the file cut off at any byte is read up to the last whole event") {
    auto ends = std::vector<std::size_t>{0};
    for (auto at = upstream.find("\n}\n"); at != std::string::npos; at = upstream.find("\n}\n", at + 1))
        ends.push_back(at + 2);
    REQUIRE(ends.size() == 4);
    for (std::size_t cut = 0; cut <= upstream.size(); ++cut) {
        CAPTURE(cut);
        auto read = replay(std::string_view(upstream).substr(0, cut));
        REQUIRE(read.has_value());
        auto whole = static_cast<std::size_t>(
            std::count_if(ends.begin() + 1, ends.end(), [&](std::size_t e) { return e <= cut; }));
        CHECK(read->events == whole);
        bool is_at_end = cut == ends[whole] || (whole > 0 && cut == ends[whole] + 1);
        CHECK(read->is_torn == !is_at_end);
        CHECK(read->valid_bytes >= ends[whole]);
        CHECK(read->valid_bytes <= ends[whole] + 1);
    }
}

TEST_CASE("pages of zeros at the end, as a power cut leaves them, are a torn tail") {
    auto read = replay(upstream + std::string(4096, '\0')).value();
    CHECK(read.events == 3);
    CHECK(read.is_torn);
    auto holed = upstream + "{\n  \"index\": 3,\n" + std::string(100, '\0') + "}\n{\n}\n";
    CHECK(replay(holed).value().is_torn);
}

TEST_CASE("damage before the last event is refused, never cut off") {
    auto damaged = upstream;
    damaged.erase(damaged.find("\"memo\""), 1);  // swallows the rest of the file as one string
    auto read = replay(damaged);
    REQUIRE(!read);
    CHECK(read.error().code() == state_errc::bad_event);
    CHECK(read.error().context().find("event 2") != std::string::npos);
    CHECK(replay(upstream + "garbage").error().code() == state_errc::bad_event);
    CHECK(!replay(upstream + R"({"index":3,"meta":{},"patch":[{"op":"remove","path":"/nothing"}]})"));
}

TEST_CASE("a file of somebody else is not a state file") {
    for (const auto* text :
         {"hello", "[]", "{\"version\": 1}", "{ server {", "{\"index\":1,\"meta\":{},\"patch\":[]}"}) {
        CAPTURE(text);
        auto read = replay(text);
        REQUIRE(!read);
        CHECK(read.error().code() == state_errc::not_a_state_file);
    }
}

TEST_CASE("what could be recorded can be read again, however deep and long it is") {
    auto outputs = json::object();
    for (int i = 0; i < 600; ++i) outputs = {{"v", std::move(outputs)}};
    state_document d(empty_state());
    auto patch = d.patch_for({landscaper::engine::at("a.b"), entry(json::object(), std::move(outputs))});
    auto read = replay(upstream + event_text(3, "", "create", patch));
    REQUIRE(read.has_value());
    CHECK(read->document.find(landscaper::engine::at("a.b")));
    auto with_blanks = upstream;
    with_blanks.insert(with_blanks.rfind("\"patch\""), std::string(std::size_t{65} << 20, ' '));
    CHECK(replay(with_blanks).has_value());
}

TEST_CASE("the keys of an event may come in any order") {
    auto other = upstream;
    auto index = other.find("  \"index\": 0,\n");
    other.erase(index, 14);
    other.insert(other.find("  ]\n") + 3, ",\n  \"index\": 0");
    auto read = replay(other);
    REQUIRE(read.has_value());
    CHECK(read->events == 3);
}

TEST_CASE("an entry that is none is an error that names it") {
    state_document d(json::parse(
        R"({"_type":"nixopsState","deployments":{"a":{"resources":{"b":{"type":1}}}},"resources":{}})"));
    CHECK(d.resources().error().context() == "a.b: has no type");
}

TEST_CASE("1 and 1.0 are different values, as they are to NixOps4") {
    CHECK(json(1) == json(1.0));
    CHECK(value(json(1)) != value(json(1.0)));
    CHECK(value(json::parse(R"({"b":1,"a":2})")) == value(json::parse(R"({"a":2,"b":1})")));
}
