// Resources of another engine: waited for, used, never changed.
#include "landscaper/engine/plan.hpp"
#include "landscaper/engine/scheduler.hpp"
#include "play.hpp"

using namespace landscaper::engine;
using nlohmann::json;
using status = resource_status;

TEST_CASE("a lent resource is waited for, and its outputs are used when they are there") {
    play p;
    p.declare({resource("a", {"hosts.px01.key"})});
    CHECK(p.sentence("a") == "needs hosts.px01.key, which is not declared");
    p.on(lent{at("hosts.px01.key"), true, std::nullopt});
    CHECK(p.sentence("a") == "needs hosts.px01.key");
    p.on(lent{at("hosts.px01.key"), true, value(json{{"out", "ssh-ed25519"}})});
    auto begun = p.started("a");
    CHECK(begun.inputs->at("from hosts.px01.key") == "ssh-ed25519");
    p.works(begun);
    CHECK(p.status("a") == status::done);
    CHECK(!p.s.view(at("hosts.px01.key")));
    CHECK(!p.s.state().contains(at("hosts.px01.key")));
}

TEST_CASE("a lent output that changes or goes is noticed by those who use it, and by no others") {
    play p({{at("a"), recorded_as(resource("a"), {{"number", 0}, {"from h", "old"}})}});
    p.on(lent{at("h"), true, value(json{{"out", "old"}})});
    p.declare({resource("a", {"h"}), resource("b")});
    CHECK(p.status("a") == status::done);
    CHECK(p.starting() == "b");
    p.on(lent{at("h"), true, std::nullopt});
    CHECK(p.status("a") == status::blocked);
    p.on(lent{at("h"), true, value(json{{"out", "new"}})});
    CHECK(p.status("a") == status::person);
    p.on(lent{at("h"), false, std::nullopt});
    CHECK(p.sentence("a") == "needs h, which is not declared");
    CHECK(p.s.lent_now().empty());
}

TEST_CASE("the plan knows a lent output, and says of others that they are known after apply") {
    auto declared = graph::build({resource("a", {"h"}), resource("b", {"i"})}).value();
    auto items = plan(declared, {}, {}, {{at("h"), value(json{{"out", "old"}})}});
    REQUIRE(items.size() == 2);
    CHECK(items[0].inputs[0].after == "\"old\"");
    CHECK(items[1].inputs[0].is_known_after_apply);
}

TEST_CASE("sentences name the deployment in what is to be typed") {
    auto a = resource("a", {}, 1);
    scheduler s({{at("a"), recorded_as(a, {{"number", 0}})}, {at("b"), recorded_as(a, {{"number", 0}})}}, {},
                "foo");
    s.on(declared{std::make_shared<const graph>(graph::build({a}).value())}, time_point{});
    CHECK(s.view(at("a"))->sentence ==
          "a is to be updated: see `landscaper plan --deployment foo a`, confirm with `landscaper apply "
          "--deployment foo a`");
    CHECK(s.view(at("b"))->sentence ==
          "no longer declared; kept until `landscaper destroy --deployment foo b`");
}
