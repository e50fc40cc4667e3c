#include "landscaper/engine/plan.hpp"

#include "play.hpp"

using namespace landscaper::engine;
using nlohmann::json;

static std::string words(const std::vector<plan_item>& items) {
    std::string out;
    for (const auto& item : items)
        out += (out.empty() ? "" : " ") + item.at.text() + "=" + to_text(item.action);
    return out;
}

TEST_CASE("a plan says what is created, updated, replaced, orphaned and left alone") {
    auto same = resource("same");
    auto update = resource("update", {}, 2);
    auto replace = resource("replace");
    replace.type = "new";
    auto later = resource("later", {"update"});
    auto next = resource("next", {"create"});
    std::map<path, resource_entry> state{
        {at("same"), recorded_as(same, {{"number", 0}})},
        {at("update"), recorded_as(update, {{"number", 1}, {"old", true}})},
        {at("replace"), recorded_as(resource("x"), {{"number", 0}})},
        {at("later"), recorded_as(later, {{"number", 0}, {"from update", "done"}})},
        {at("gone"), recorded_as(same, {{"number", 0}})},
    };
    auto g = graph::build({same, update, replace, later, next, resource("create")}).value();
    auto items = plan(g, state);
    CHECK(words(items) ==
          "create=create next=create replace=replace same=unchanged update=update later=waiting gone=orphan");
    CHECK(would_change(items));
    CHECK(items[4].inputs ==
          std::vector<changed_input>{{"number", "1", "2", false}, {"old", "true", "", false}});
    CHECK(items[5].inputs == std::vector<changed_input>{{"from update", "\"done\"", "", true}});
    CHECK(to_json(items)[5]["inputs"][0]["known_after_apply"] == true);
    CHECK(words(plan(g, state, {at("next")})) == "create=create next=create");
}

TEST_CASE("a plan of what is applied changes nothing, stateless resources aside") {
    auto a = resource("a");
    auto b = resource("b", {"a"});
    auto run = resource("run");
    run.is_stateful = false;
    auto g = graph::build({a, b, run}).value();
    std::map<path, resource_entry> state{{at("a"), recorded_as(a, {{"number", 0}})},
                                         {at("b"), recorded_as(b, {{"number", 0}, {"from a", "done"}})}};
    auto items = plan(g, state);
    CHECK(words(items) == "a=unchanged b=unchanged run=create");
    CHECK(!would_change(items));
}

TEST_CASE("what others changed is put right with the inputs that were applied: none of them is listed") {
    auto run = resource("run");
    run.is_stateful = false;
    auto a = resource("a");
    auto g = graph::build({run, a}).value();
    std::map<path, resource_entry> state{{at("a"), recorded_as(a, {{"number", 0}})}};
    standing drifted{false, "", "was changed by somebody else: number", false};
    auto items = plan(g, state, {}, {{at("run"), value(json{{"number", 0}})}},
                      {{at("run"), drifted}, {at("a"), drifted}});
    CHECK(words(items) == "a=update run=update");
    for (const auto& item : items) {
        CHECK(item.inputs.empty());
        CHECK(item.sentence == drifted.drift);
    }
}

TEST_CASE("a stateless resource that runs as declared is unchanged, and its outputs are known") {
    auto run = resource("run");
    run.is_stateful = false;
    auto b = resource("b", {"run"});
    auto g = graph::build({run, b}).value();
    std::map<path, resource_entry> state{{at("b"), recorded_as(b, {{"number", 0}, {"from run", "x"}})}};
    CHECK(words(plan(g, state)) == "run=create b=waiting");
    CHECK(words(plan(g, state, {}, {{at("run"), value(json{{"out", "x"}})}})) == "run=unchanged b=unchanged");
    CHECK(words(plan(g, state, {}, {{at("run"), value(json{{"out", "y"}})}})) == "run=unchanged b=update");
}

TEST_CASE("a value computed from an output is believed only while that output is what it was") {
    auto a = resource("a");
    auto b = resource("b");
    b.inputs["text"] = literal("seen x");
    b.inputs["text"].computed_from = {{{at("a"), "out"}, value("x")}};
    std::map<path, resource_entry> state{{at("a"), recorded_as(a, {{"number", 0}}, "x")},
                                         {at("b"), recorded_as(b, {{"number", 0}, {"text", "seen x"}})}};
    CHECK(words(plan(graph::build({a, b}).value(), state)) == "a=unchanged b=unchanged");
    auto changed = resource("a", {}, 1);
    CHECK(words(plan(graph::build({changed, b}).value(), state)) == "a=update b=waiting");
    auto c = resource("c");
    c.holds_while = b.inputs["text"].computed_from;
    state[at("c")] = recorded_as(c, {{"number", 0}});
    CHECK(words(plan(graph::build({a, c}).value(), state)) == "a=unchanged c=unchanged b=orphan");
    CHECK(words(plan(graph::build({changed, c}).value(), state)) == "a=update c=waiting b=orphan");
}

TEST_CASE("what lies in an unexplored part is no orphan, and the part says what decides it") {
    auto a = resource("a");
    auto g = graph::build({a}, {{at("apps"), {{at("a"), "out"}}, "", {}}}).value();
    std::map<path, resource_entry> state{{at("apps.one"), recorded_as(a, {{"number", 0}})},
                                         {at("other"), recorded_as(a, {{"number", 0}})}};
    auto items = plan(g, state);
    CHECK(words(items) == "a=create apps=unknown apps.one=waiting other=orphan");
    CHECK(items[1].sentence == "whether it is still declared depends on a.out");
    CHECK(!items[1].is_broken);
}

TEST_CASE("a plan tells errors from what is merely not known yet") {
    auto a = resource("a"), wrong = resource("wrong");
    wrong.broken = "nixops4.nix:3:1: no";
    auto g = graph::build({a, wrong}, {{at("apps"), {}, "nixops4.nix:4:1: no", {}}}).value();
    std::map<std::string, bool> broken;
    for (const auto& item : to_json(plan(g, {}))) broken[item["path"]] = item["broken"];
    CHECK(broken == std::map<std::string, bool>{{"a", false}, {"apps", true}, {"wrong", true}});
}

TEST_CASE("a plan hashes what is sensitive, and says what waits for a person") {
    auto secret = resource("secret", {}, 2);
    secret.sensitive = {"number"};
    auto held = resource("held");
    auto gone = resource("gone");
    std::map<path, resource_entry> state{{at("secret"), recorded_as(secret, {{"number", 1}})},
                                         {at("gone"), recorded_as(gone, {{"number", 0}})}};
    auto g = graph::build({secret, held, gone}).value();
    std::map<path, standing> standings{{at("held"), {true, "switch it on", {}, false}},
                                       {at("gone"), {false, {}, "is gone", true}}};
    auto items = plan(g, state, {}, {}, standings);
    CHECK(words(items) == "gone=create held=person secret=update");
    CHECK(items[0].sentence == "is gone");
    CHECK(items[1].sentence == "switch it on");
    CHECK(items[2].inputs[0].before.starts_with("sha256:"));
    CHECK(items[2].inputs[0].before.size() == 19);
    CHECK(items[2].inputs[0].before != items[2].inputs[0].after);
    CHECK(to_json(items)[2]["changes"] == true);
    CHECK(to_json(items).dump().find("\"2\"") == std::string::npos);
}
