#include "landscaper/nix/root/answer.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper::nix::root;
using nlohmann::json;

static std::string trace(const json& said) {
    json line{{"action", "msg"}, {"level", 0}, {"msg", "trace: landscaper:" + said.dump()}};
    return "@nix " + line.dump() + "\n";
}
static json tag(const char* at, const char* input) {
    return {{"path", json::array({at})}, {"input", input}};
}
static std::string enter(const json& tag) {
    return trace({{"enter", tag}});
}
static std::string need(const char* at, const char* output) {
    return trace({{"need", {{"path", json::array({at})}, {"output", output}}}});
}
static std::string items(const json& all) {
    json group;
    group["items"] = all;
    return "[" + group.dump() + "]";
}

TEST_CASE("values come with what must be built for them") {
    auto drv = "/nix/store/00000000000000000000000000000000-tool.drv";
    auto file = "/nix/store/00000000000000000000000000000000-file";
    json one{{"tag", tag("a", "x")},
             {"json", R"({"n":1.0})"},
             {"context", {{drv, {{"outputs", {"out", "dev"}}}}, {file, {{"path", true}}}}}};
    auto said = parse_answer(items(json::array({one})), enter(tag("a", "x")), true).value();
    REQUIRE(said.findings.size() == 1);
    const auto& told = said.findings[0].value.value();
    CHECK(told.said.text() == R"({"n":1.0})");
    CHECK(told.derivations.at(drv) == std::set<std::string>{"dev", "out"});
    CHECK(told.paths == std::set<std::string>{file});
}

TEST_CASE("a need belongs to the item that was entered last") {
    json a{{"tag", tag("a", "x")}, {"failed", true}};
    json b{{"tag", tag("b", "x")}, {"failed", true}};
    json c{{"tag", tag("c", "x")}, {"json", "1"}};
    auto log = enter(tag("a", "x")) + need("r", "o") + need("r", "o") + enter(tag("b", "x")) +
               enter(tag("c", "x")) + need("r", "p");
    auto said = parse_answer(items({a, b, c}), log, true).value();
    CHECK(said.findings[0].needs == std::vector<output_ref>{{path{"r"}, "o"}});
    CHECK(said.findings[1].needs.empty());
    CHECK(!said.findings[1].value);
    // It has a value, but one that was made without the output.
    CHECK(said.findings[2].needs.size() == 1);
    CHECK(!said.findings[2].value);
}

// After an error stdout holds half a document.
TEST_CASE("what a failed evaluation printed is not believed; its last item is the culprit") {
    json failure{{"action", "msg"}, {"level", 0}, {"raw_msg", "attribute 'x' missing"}, {"msg", "m"}};
    auto log = enter(tag("a", "x")) + enter(tag("b", "y")) + "@nix " + failure.dump() + "\n";
    auto said = parse_answer(R"([{"items":[{"tag":)", log, false).value();
    CHECK(said.findings.empty());
    CHECK(said.culprit == item{path{"b"}, part::input, "y"});
    CHECK(said.failure->message == "attribute 'x' missing");
    CHECK(!parse_answer(R"([{"items":[{"tag":)", log, true));
}

TEST_CASE("traces and warnings of the operator's are kept, and none can pass for ours") {
    json mine{{"action", "msg"}, {"level", 0}, {"msg", "trace: landscaper:{\"need\":7}"}};
    json user{{"action", "msg"}, {"level", 0}, {"msg", "trace: look"}};
    auto log =
        enter(tag("a", "x")) + "@nix " + mine.dump() + "\n@nix " + user.dump() + "\nplain words\n@nix {";
    auto said = parse_answer(items(json::array()), log, true).value();
    CHECK(said.traces ==
          std::vector<std::string>{"trace: landscaper:{\"need\":7}", "trace: look", "plain words"});
}

TEST_CASE("anything else than the expression makes is refused") {
    for (const auto* out : {"", "{}", "[1]", R"([{"items":1}])", R"([{"items":[{}]}])",
                            R"([{"items":[{"tag":{"path":[],"part":"odd"}}]}])",
                            R"([{"items":[{"tag":{"path":[1],"part":"kind"}}]}])",
                            R"([{"items":[{"tag":{"path":[],"part":"kind"},"json":1}]}])"}) {
        CAPTURE(out);
        CHECK(!parse_answer(out, "", true));
    }
}

TEST_CASE("Nix's last words are its error also where it had no time to write them as JSON") {
    auto said = parse_answer("", "error: stack overflow (possible infinite recursion)\n", false).value();
    REQUIRE(said.failure);
    CHECK(said.failure->message == "stack overflow (possible infinite recursion)");
}

TEST_CASE("a place that the expression found by itself comes before all others") {
    std::string log =
        R"(@nix {"action":"msg","level":0,"msg":"trace: landscaper:{\"at\":{\"file\":\"/rack/nixops4.nix\",\"line\":4,\"column\":5}}"})"
        "\n"
        R"(@nix {"action":"msg","level":0,"raw_msg":"no set","file":"/state/root.nix","line":9,"column":1})"
        "\n";
    auto said = parse_answer("", log, false).value();
    REQUIRE(said.failure);
    CHECK(said.failure->places == std::vector<place>{{"/rack/nixops4.nix", 4, 5}, {"/state/root.nix", 9, 1}});
}
