// What is really there: refresh, repair, import, and the moves that members declare.
#include "landscaper/engine/io/look.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../members.hpp"
#include "folder.hpp"
#include "landscaper/async/deadline.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "one_thread.hpp"

using namespace landscaper;
using namespace landscaper::engine;
using namespace std::chrono_literals;
using nlohmann::json;
using status = resource_status;

namespace {

// Things by path, which others may change.
class real_things : public provider::resource_type {
  public:
    task<value> create(provider::request r) override {
        ++creates;
        there[r.at.text()] = r.inputs.json();
        co_return value(json{{"out", "made"}});
    }
    task<value> update(provider::request r) override { return create(std::move(r)); }
    task<> destroy(provider::request r) override {
        there.erase(r.at.text());
        co_return result<void>();
    }
    task<provider::reality> read(provider::request r) override {
        most_at_once = std::max(most_at_once, ++at_once);
        auto waited = co_await sleep_for(0s);
        --at_once;
        CO_TRY_VOID(waited);
        auto found = there.find(r.at.text());
        if (found == there.end()) co_return provider::reality{};
        co_return provider::reality{true, value(found->second), value(json{{"out", "seen"}})};
    }

    std::map<std::string, json> there;
    int creates = 0;
    unsigned at_once = 0, most_at_once = 0;
};

struct stage {
    explicit stage(const std::string& file) : running(context.get_executor()) {
        types.add("test.t", things);
        runner_options options;
        options.state_file = file;
        options.on_event = [this](const resource_event&) { news.notify(); };
        r.emplace(context.get_executor(), types, options);
        REQUIRE(r->open().has_value());
        running.spawn("runner", r->run());
    }
    summary apply(std::vector<member> members) {
        REQUIRE(r->set_members("test", {std::move(members), {}, {}}).has_value());
        return run_on(context, r->settled()).value();
    }
    void stop() { REQUIRE(run_on(context, stopped(running)).has_value()); }
    void until(const char* name, status is) {
        REQUIRE(comes_to_hold(context, news, [&] { return r->view(at(name)).value().status == is; }));
    }
    plan_item planned(const char* name) { return r->plan({at(name)}).at(0); }

    asio::io_context context{1};
    landscaper::event news{context.get_executor()};
    std::shared_ptr<real_things> things = std::make_shared<real_things>();
    provider::registry types;
    std::optional<runner> r;
    group running;
};

}  // namespace

TEST_CASE("what others changed or removed is shown by the plan, and put right when confirmed") {
    test_folder folder;
    stage s(folder / "state.json");
    auto c = resource("c");
    c.policy.repairs = true;
    s.apply({resource("a"), resource("b"), c});
    s.things->there["a"]["number"] = 9;
    s.things->there.erase("b");
    s.things->there.erase("c");
    auto found = run_on(s.context, s.r->refresh()).value();
    CHECK(found.seen == 3);
    CHECK(run_on(s.context, s.r->settled()).value().of(status::person) == 2);
    CHECK(s.things->there.contains("c"));
    CHECK(s.planned("a").action == plan_action::update);
    CHECK(s.planned("a").sentence == "was changed by somebody else: number");
    CHECK(s.planned("b").action == plan_action::create);
    CHECK(would_change(s.r->plan()));
    s.r->confirm({});
    CHECK(run_on(s.context, s.r->settled()).value().of(status::done) == 3);
    CHECK(s.things->there.at("a").at("number") == 0);
    CHECK(!would_change(s.r->plan()));
    s.stop();
}

TEST_CASE("at most eight are looked at at once, and those that cannot be are named") {
    test_folder folder;
    stage s(folder / "state.json");
    std::vector<member> members;
    for (int i = 0; i < 30; ++i) members.push_back(resource("r" + std::to_string(i)));
    s.apply(members);
    CHECK(run_on(s.context, s.r->refresh()).value().seen == 30);
    CHECK(s.things->most_at_once == 8);
    provider::registry none;
    auto kept = s.r->state().at(at("r0"));
    auto found = run_on(s.context, look_at(none, {{at("r0"), {"test", {}, false}, kept}}, {})).value();
    CHECK(found.failed.at(at("r0")).find("test.t") != std::string::npos);
    s.stop();
}

TEST_CASE("what could not be looked at for one reason is one sentence") {
    looking found;
    found.failed = {{at("h.a"), "away"}, {at("h.b"), "away"}, {at("c"), "silent"}};
    CHECK(found.failures() == std::vector<std::string>{"h.a, h.b could not be looked at: away",
                                                       "c could not be looked at: silent"});
}

TEST_CASE("the timer looks by itself and changes nothing") {
    test_folder folder;
    stage s(folder / "state.json");
    s.apply({resource("a")});
    s.things->there.erase("a");
    s.running.spawn("reconcile", s.r->reconcile());
    s.r->set_reconcile(10ms);
    s.until("a", status::person);
    CHECK(s.things->creates == 1);
    s.stop();
}

TEST_CASE("what exists is imported when a person says so") {
    test_folder folder;
    stage s(folder / "state.json");
    s.things->there["a"] = {{"number", 0}};
    auto a = resource("a");
    a.imports = true;
    CHECK(s.apply({a}).of(status::done) == 1);
    CHECK(s.things->creates == 0);
    CHECK(s.r->state().at(at("a")).outputs->at("out") == "seen");
    CHECK(run_on(s.context, s.r->read(at("a"))).value().exists);
    CHECK(run_on(s.context, s.r->read(at("b"))).error().code() == runner_errc::not_recorded_there);
    s.stop();
}

TEST_CASE("a member that says where it moved from is moved, and nothing is run") {
    test_folder folder;
    stage s(folder / "state.json");
    s.apply({resource("old"), resource("user", {"old"})});
    auto moved = resource("renamed");
    moved.moved_from = at("old");
    auto items = plan(graph::build({moved, resource("user", {"renamed"})}).value(), s.r->state());
    CHECK(items.at(0).action == plan_action::move);
    CHECK(items.at(0).sentence == "moves here from old");
    CHECK(items.size() == 2);
    s.apply({moved});
    s.until("renamed", status::done);
    CHECK(s.things->creates == 2);
    CHECK(!s.r->state().contains(at("old")));
    s.stop();
}
