#include "landscaper/nix/root/settings.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper::nix::root;
using namespace std::chrono_literals;
using landscaper::engine::literal;
using landscaper::engine::member;
using nlohmann::json;

namespace {

json head(json settings) {
    json places;
    for (const auto& [name, said] : settings.items()) places[name] = "nixops4.nix:7:3";
    return {{"type", "t"}, {"landscaper", settings}, {"places", places}};
}
std::string complaint_about(json settings) {
    auto read = read_settings({"apps", "db"}, head(std::move(settings)));
    return read ? "" : read.error().context();
}
member db() {
    member out;
    out.at = {"apps", "db"};
    out.inputs["size"] = literal(1);
    out.outputs = {"password"};
    return out;
}

}  // namespace

TEST_CASE("every setting of a member reaches the engine") {
    auto own = read_settings({"apps", "db"}, head({{"protect", true},
                                                   {"replace_on", {"size"}},
                                                   {"create_before_destroy", true},
                                                   {"sensitive", {"password"}},
                                                   {"repair", false},
                                                   {"import", true},
                                                   {"deadline", "10m"},
                                                   {"retries", 3},
                                                   {"after", {{"a", "b"}, {"c"}}},
                                                   {"moved_from", {"old", "name"}}}));
    REQUIRE(own.has_value());
    auto m = db();
    CHECK(apply(*own, m, false) == "");
    CHECK(check_names(*own, m) == "");
    CHECK(m.is_protected);
    CHECK(m.replace_on == std::set<std::string>{"size"});
    CHECK(m.creates_before_destroying);
    CHECK(m.sensitive == std::set<std::string>{"password"});
    CHECK(m.policy.repairs == false);
    CHECK(m.imports);
    CHECK(m.policy.silence == 10min);
    CHECK(m.policy.retries == 3);
    CHECK(m.policy.retries_failures);
    CHECK(m.after == std::vector<path>{{"a", "b"}, {"c"}});
    CHECK(m.moved_from == path{"old", "name"});
}

TEST_CASE("what a member does not say stays as its type has it") {
    auto own = read_settings({"apps", "db"}, json{{"type", "t"}});
    REQUIRE(own.has_value());
    auto m = db();
    m.is_protected = true;
    m.policy.retries = 2;
    auto before = m;
    CHECK(apply(*own, m, true) == "");
    CHECK(m == before);
    own = read_settings({"apps", "db"}, head({{"protect", false}, {"retries", 0}}));
    CHECK(apply(*own, m, true) == "");
    CHECK(!m.is_protected);
    CHECK(m.policy.retries == 0);
}

TEST_CASE(
    "a setting that does not exist, or is of the wrong type, is said with its line and what would be right") {
    CHECK(complaint_about({{"protct", true}}) ==
          "nixops4.nix:7:3: apps.db.landscaper.protct: there is no such setting; did you mean protect?");
    CHECK(complaint_about({{"replaceOn", {"size"}}}).ends_with("did you mean replace_on?"));
    CHECK(complaint_about({{"zzz", 1}}).find("there is: after, create_before_destroy, deadline") !=
          std::string::npos);
    CHECK(
        complaint_about({{"deadline", 10}}) ==
        "nixops4.nix:7:3: apps.db.landscaper.deadline: 10 is wrong here; write a time without progress, like "
        "\"10m\" or \"90s\"");
    for (const json& wrong :
         {json{{"protect", "yes"}}, json{{"retries", -1}}, json{{"retries", 1.5}}, json{{"retries", 101}},
          json{{"deadline", "10 minutes"}}, json{{"deadline", "0s"}}, json{{"after", {"a"}}},
          json{{"after", {json::array()}}}, json{{"moved_from", "old"}}, json{{"sensitive", "password"}},
          json{{"replace_on", {1}}}, json{{"import", 1}}}) {
        CAPTURE(wrong.dump());
        CHECK(complaint_about(wrong).find(" is wrong here; write ") != std::string::npos);
    }
    CHECK(complaint_about({{"protect", nullptr}}) == "");
    auto read = read_settings({"a"}, json{{"landscaper", true}, {"places", json::object()}});
    CHECK(read.error().context() == "a.landscaper: is a set of settings, like { protect = true; }");
}

TEST_CASE("a setting that could have no effect, or do harm, is refused") {
    auto refused = [](json settings, bool is_stateful, bool holds_data) {
        auto m = db();
        m.is_stateful = is_stateful;
        return apply(*read_settings(m.at, head(std::move(settings))), m, holds_data);
    };
    for (const json& one : {json{{"replace_on", {"size"}}}, json{{"create_before_destroy", true}},
                            json{{"import", true}}, json{{"moved_from", {"x"}}}}) {
        CAPTURE(one.dump());
        CHECK(refused(one, true, false) == "");
        CHECK(refused(one, false, false).starts_with("nixops4.nix:7:3: apps.db.landscaper."));
        CHECK(refused(one, false, false).find("without a `state`") != std::string::npos);
    }
    CHECK(refused({{"repair", true}}, true, false) == "");
    CHECK(refused({{"repair", true}}, true, true).find("never repaired by itself") != std::string::npos);
    // Also when the protection is lifted: what it holds is no less precious.
    CHECK(refused({{"repair", true}, {"protect", false}}, true, true) != "");
    CHECK(refused({{"repair", true}, {"protect", true}}, true, false) != "");
}

TEST_CASE("names of inputs and outputs are checked") {
    auto wrong = [](json settings) {
        return check_names(*read_settings({"apps", "db"}, head(settings)), db());
    };
    CHECK(wrong({{"replace_on", {"siz"}}}) ==
          "nixops4.nix:7:3: apps.db.landscaper.replace_on: there is no \"siz\"; did you mean \"size\"?");
    CHECK(wrong({{"replace_on", {"password"}}}) != "");
    CHECK(wrong({{"sensitive", {"size", "password"}}}) == "");
    CHECK(wrong({{"sensitive", {"zzz"}}}).ends_with("there is no \"zzz\""));
}

TEST_CASE("places are named as the operator calls the files, and those of others not at all") {
    answer said;
    json places{{"protect", {{"file", "/rack/nixops4.nix"}, {"line", 7}, {"column", 3}}},
                {"retries", {{"file", "/elsewhere/x.nix"}, {"line", 7}, {"column", 3}}},
                {"import", nullptr}};
    said.findings.push_back({{{"a"}, part::head, {}}, told{value(json{{"places", places}}), {}, {}}, {}, {}});
    own_files own{"/rack", [](const std::string& name) -> std::optional<std::string> {
                      return name == "nixops4.nix" ? std::optional<std::string>("x") : std::nullopt;
                  }};
    name_places(said, own);
    CHECK(said.findings[0].value->said->at("places") == json{{"protect", "nixops4.nix:7:3"}});
}
