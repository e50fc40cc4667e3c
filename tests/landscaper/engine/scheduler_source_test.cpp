// What a source says of its own knowledge: computed from outputs, not explored yet, broken.
#include "landscaper/engine/scheduler.hpp"

#include "play.hpp"

using namespace landscaper::engine;
using nlohmann::json;
using status = resource_status;

TEST_CASE("what a source computed from an output waits when that output becomes another") {
    auto a = resource("a");
    auto b = resource("b");
    b.inputs["text"] = literal("seen old");
    b.inputs["text"].computed_from = {{{at("a"), "out"}, value("old")}};
    play p({{at("a"), recorded_as(a, {{"number", 0}}, "old")}});
    p.declare({a, b});
    CHECK(p.starting() == "b");
    p.works("b");
    a.inputs["number"] = literal(1);
    p.declare({a, b});
    CHECK(p.status("b") == status::blocked);
    p.on(confirmed{});
    p.works("a", "new");
    CHECK(p.status("b") == status::blocked);
    CHECK(p.sentence("b") == "waits for its declaration to be evaluated again");
    CHECK(p.starting() == "");
}

TEST_CASE("a member whose own existence was computed waits in the same way") {
    auto a = resource("a");
    auto b = resource("b");
    b.holds_while = {{{at("a"), "out"}, value("old")}};
    play p({{at("a"), recorded_as(a, {{"number", 0}}, "new")}});
    p.declare({a, b});
    CHECK(p.status("a") == status::done);
    CHECK(p.status("b") == status::blocked);
    CHECK(p.starting() == "");
}

TEST_CASE("a source says why it cannot say everything, and what is wrong") {
    auto pending = resource("pending");
    pending.pending = "builds tool.drv";
    auto broken = resource("broken");
    broken.broken = "nixops4.nix:12:3: undefined variable 'x'";
    play p;
    p.declare({pending, broken});
    CHECK(p.status("pending") == status::blocked);
    CHECK(p.sentence("pending") == "builds tool.drv");
    CHECK(p.status("broken") == status::failed);
    CHECK(p.sentence("broken") == "nixops4.nix:12:3: undefined variable 'x'");
}

TEST_CASE("a confirmation stands while the same text is only better understood") {
    auto a = resource("a", {}, 1);
    auto b = resource("b");
    b.revision.number = 7;
    b.inputs["text"].unknown_until = {{at("a"), "out"}};
    std::map<path, resource_entry> state{{at("a"), recorded_as(resource("a"), {{"number", 0}}, "old")},
                                         {at("b"), recorded_as(b, {{"number", 0}, {"text", "old"}})}};
    SUBCASE("same text") {
        play p(state);
        p.declare({a, b});
        p.on(confirmed{});
        p.works("a", "new");
        b.inputs["text"] = literal("new");
        p.declare({a, b});
        CHECK(p.starting() == "b");
    }
    SUBCASE("a new text asks again") {
        play p(state);
        p.declare({a, b});
        p.on(confirmed{});
        p.works("a", "new");
        b.inputs["text"] = literal("new");
        b.revision.number = 8;
        p.declare({a, b});
        CHECK(p.starting() == "");
        CHECK(p.status("b") == status::person);
    }
}

TEST_CASE("an orphan is shown with the provider that made it") {
    auto entry = recorded_as(resource("a"), {{"number", 0}});
    entry.extra = value(json{{"provider", "local"}});
    play p({{at("a"), entry}});
    p.declare({});
    CHECK(p.status("a") == status::orphan);
    CHECK(p.s.view(at("a"))->provider == "local");
}

TEST_CASE("what lies in a part that is not explored yet is neither an orphan nor destroyed") {
    auto a = resource("a");
    std::map<path, resource_entry> state{{at("apps.one"), recorded_as(a, {{"number", 0}})}};
    play p(state);
    std::vector<unexplored> parts{{at("apps"), {{at("a"), "out"}}, "", {}}};
    p.on(declared{std::make_shared<const graph>(graph::build({a}, parts).value())});
    CHECK(p.status("apps.one") == status::blocked);
    CHECK(p.sentence("apps.one") == "whether it is still declared depends on a.out");
    p.on(destroy_requested{});
    p.works("a");
    CHECK(p.starting() == "");
    p.declare({a});
    CHECK(p.status("apps.one") == status::orphan);
    CHECK(p.starting() == "");
}
