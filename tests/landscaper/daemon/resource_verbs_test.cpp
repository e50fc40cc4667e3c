// What a person asks of resources, through a real runner.
#include "landscaper/daemon/resource_verbs.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../engine/io/folder.hpp"
#include "../engine/io/one_thread.hpp"
#include "../engine/members.hpp"
#include "landscaper/async/deadline.hpp"
#include "landscaper/engine/io/state_file.hpp"

using namespace landscaper;
using namespace landscaper::daemon;
using control::control_errc;
using engine::at;
using engine::resource;
using engine::value;
using nlohmann::json;

namespace {

class thing : public provider::resource_type {
  public:
    task<value> create(provider::request r) override {
        if (r.at.text() == "slow") {
            CO_TRY_VOID(co_await sleep_for(std::chrono::hours(1)));
        }
        if (r.at.text() == "taken" && !was_refused) {
            was_refused = true;
            co_return error(provider::provider_errc::failed, "exists already");
        }
        co_return value(json{{"out", "x"}});
    }
    task<> destroy(provider::request r) override {
        order += r.at.text() + " ";
        co_return result<void>();
    }
    task<provider::reality> read(provider::request) override {
        co_return provider::reality{true, {}, value(json{{"out", "there"}})};
    }
    std::vector<provider::operation_info> operations() const override {
        return {{"rotate", "Makes another output.", {"to"}}, {"hang", "Never ends.", {}}};
    }
    task<provider::operation_outcome> operate(provider::request r, std::string name,
                                              value arguments) override {
        r.working(name + " of " + r.at.text());
        if (name == "hang") {
            CO_TRY_VOID(co_await sleep_for(std::chrono::hours(1)));
        }
        if (!arguments->contains("to")) co_return error(provider::provider_errc::failed, "to what?");
        auto outputs = r.previous->outputs.json();
        outputs["out"] = arguments->at("to");
        co_return provider::operation_outcome{value(json{{"was", r.previous->outputs->at("out")}}),
                                              value(std::move(outputs))};
    }
    std::string order;
    bool was_refused = false;
};

struct stage {
    stage() : running(context.get_executor()) {
        types.add("test.t", things);
        engine::runner_options options;
        options.state_file = folder / "state.json";
        options.on_event = [this](const engine::resource_event&) { news.notify(); };
        r.emplace(context.get_executor(), types, options);
        REQUIRE(r->open().has_value());
        running.spawn("runner", r->run());
    }
    void declare(std::vector<engine::member> members) {
        REQUIRE(r->set_members("test", {std::move(members), {}, {}}).has_value());
    }
    void apply(std::vector<engine::member> members) {
        declare(std::move(members));
        REQUIRE(run_on(context, r->settled()).has_value());
    }
    result<json> act(std::string verb, std::vector<std::string> paths) {
        return run_on(context, act_on(*r, std::move(verb), std::move(paths)));
    }
    result<json> run(std::string at, std::string operation, json arguments = json::object()) {
        auto say = [this](const std::string& sentence) { said += sentence + "\n"; };
        return run_on(context,
                      run_operation(*r, std::move(at), std::move(operation), std::move(arguments), say));
    }
    void until(const char* name, engine::resource_status is) {
        REQUIRE(comes_to_hold(context, news, [&] { return r->view(at(name))->status == is; }));
    }
    std::string out_of(const char* name) { return r->view(at(name))->outputs.value()->at("out"); }
    std::string said;
    ~stage() { static_cast<void>(run_on(context, stopped(running))); }

    test_folder folder;
    asio::io_context context{1};
    event news{context.get_executor()};
    std::shared_ptr<thing> things = std::make_shared<thing>();
    provider::registry types;
    std::optional<engine::runner> r;
    group running;
};

}  // namespace

TEST_CASE("only what is named and no longer declared is destroyed, dependants first") {
    stage s;
    s.apply({resource("g.a"), resource("g.b", {"g.a"}), resource("c")});
    CHECK(s.act("destroy", {"g"}).error().code() == control_errc::refused);
    CHECK(s.act("destroy", {"nothing"}).error().code() == control_errc::not_found);
    CHECK(s.act("destroy", {}).error().code() == control_errc::bad_request);
    s.apply({});
    // As an unset variable gives it: that would be everything.
    CHECK(s.act("destroy", {""}).error().code() == control_errc::bad_request);
    CHECK(s.r->state().size() == 3);
    CHECK(s.act("destroy", {"g"}).value().at("sentence") == "g.a is destroyed\ng.b is destroyed");
    CHECK(s.things->order == "g.b g.a ");
    CHECK(s.r->state().size() == 1);
}

TEST_CASE("what is protected is named and kept") {
    stage s;
    auto a = resource("a");
    a.is_protected = true;
    s.apply({a});
    s.apply({});
    auto said = s.act("destroy", {"a"});
    CHECK(said.error().code() == control_errc::failed);
    CHECK(said.error().context().find("a is kept: orphan is protected") == 0);
    CHECK(s.act("destroy-protected", {"a"}).value().at("sentence") == "a is destroyed");
}

TEST_CASE("a path that nothing is called is a mistake, and what was meant is said") {
    stage s;
    s.apply({resource("apps.blue"), resource("c")});
    REQUIRE(s.r->set_members("root", {{}, {}, {engine::unexplored{at("more"), {}, "", {}}}}).has_value());
    for (const auto* known : {"", "apps", "apps.blue", "c", "more", "more.yet"})
        CHECK_MESSAGE(check_known(*s.r, at(known)).has_value(), known);
    auto unknown = check_known(*s.r, at("apps.bleu"));
    REQUIRE(!unknown);
    CHECK(unknown.error().code() == control_errc::not_found);
    CHECK(unknown.error().context() ==
          "apps.bleu is neither declared nor recorded; did you mean \"apps.blue\"?");
    s.apply({});
    CHECK(check_known(*s.r, at("c")).has_value());  // an orphan
    CHECK(!check_known(*s.r, at("d")));
}

TEST_CASE("nothing is moved to where nobody would see that it is recorded") {
    stage s;
    auto stateless = resource("now");
    stateless.is_stateful = false;
    s.apply({resource("a"), stateless});
    auto moved = s.act("move", {"a", "now"});
    CHECK(moved.error().code() == control_errc::refused);
    CHECK(moved.error().context().find("now: is declared without a `state`") == 0);
    CHECK(s.act("move", {"", "b"}).error().code() == control_errc::bad_request);
    CHECK(s.act("move", {"a", ""}).error().code() == control_errc::bad_request);
    CHECK(s.r->state().contains(at("a")));
}

TEST_CASE("moving, importing, reading and refreshing") {
    stage s;
    s.apply({resource("a"), resource("taken")});
    CHECK(s.act("move", {"a", "c"}).value().at("sentence") == "a is now recorded as c; nothing was run");
    CHECK(s.act("move", {"a", "b"}).error().code() == control_errc::not_found);
    CHECK(s.act("move", {"a"}).error().code() == control_errc::bad_request);
    CHECK(s.act("import", {"c"}).error().code() == control_errc::refused);
    CHECK(s.act("read", {"c"}).value().at("outputs").at("out") == "there");
    CHECK(s.act("refresh", {}).value().at("sentence").get<std::string>().find("looked at") !=
          std::string::npos);
    CHECK(s.act("dance", {"a"}).error().code() == control_errc::bad_request);
    CHECK(s.act("read", {"\"open"}).error().code() == control_errc::bad_request);
}

TEST_CASE("what could not be created since it exists is imported") {
    stage s;
    s.apply({resource("taken")});
    CHECK(s.r->state().empty());
    CHECK(s.act("import", {"taken"}).value().at("sentence") == "taken is recorded");
    CHECK(s.r->state().at(at("taken")).outputs->at("out") == "there");
    CHECK(s.act("import", {"other"}).error().code() == control_errc::not_found);
}

TEST_CASE("a second apply is told for whom it waits, and others go on") {
    stage s;
    s.declare({resource("slow"), resource("quick")});
    s.until("slow", engine::resource_status::running);
    CHECK(at_work(*s.r, {at("slow")}).find("slow is at work already (create, for ") == 0);
    s.until("quick", engine::resource_status::done);
    CHECK(at_work(*s.r, {at("quick")}).empty());
    // What the engine began by itself is upon nobody's word.
    CHECK(at_work(*s.r, {at("slow")}, {{"root", {}, s.r->view(at("slow"))->since}}).find("confirmed") ==
          std::string::npos);
}

TEST_CASE("an operation of a type runs with its arguments, and what it changes is recorded and used") {
    stage s;
    auto late = resource("late", {"a"});
    late.is_stateful = false;
    s.apply({resource("a"), late});
    CHECK(s.run("a", "").value().at("operations").contains("rotate [to=VALUE]"));
    CHECK(s.run("a", "rotate", {{"to", "y"}}).value() == json{{"was", "x"}});
    CHECK(s.said == "rotate of a\n");
    REQUIRE(run_on(s.context, s.r->settled()).has_value());
    CHECK(s.out_of("a") == "y");
    CHECK(s.r->state().at(at("a")).outputs->at("out") == "y");
    CHECK(engine::read_state(s.folder / "state.json").value().find(at("a"))->outputs->at("out") == "y");
    // Who uses it has run again.
    CHECK(s.r->view(at("late"))->status == engine::resource_status::done);
    CHECK(s.run("late", "read").value().at("exists") == true);
    CHECK(s.run("late", "rotate", {{"to", "z"}}).value() == json{{"was", "x"}});
    CHECK(s.out_of("late") == "z");
}

TEST_CASE("an operation that is unknown, takes no such argument, fails or is given up changes nothing") {
    stage s;
    s.apply({resource("a")});
    auto sentence = [&](const char* at, const char* operation, json arguments = json::object()) {
        auto answered = s.run(at, operation, std::move(arguments));
        return answered ? answered->dump() : answered.error().context();
    };
    CHECK(sentence("a", "dance").find("dance; there is: read, refresh, rotate, hang") != std::string::npos);
    CHECK(sentence("a", "rotate", {{"of", 1}}).find("takes no argument \"of\"; it takes to") !=
          std::string::npos);
    CHECK(sentence("a", "rotate").find("to what?") != std::string::npos);
    CHECK(sentence("b", "rotate").find("is not recorded") != std::string::npos);
    // While one runs no other is begun, and the engine starts nothing on it.
    auto hanging = run_operation(*s.r, "a", "hang", json::object(), {});
    auto given_up =
        run_on(s.context, until(steady::now() + std::chrono::milliseconds(50), std::move(hanging)));
    CHECK(given_up.error().code() == async_errc::timed_out);
    CHECK(s.run("a", "rotate", {{"to", "y"}}).has_value());
    CHECK(s.out_of("a") == "y");
}

TEST_CASE("nothing is started on a resource while a person has an operation run on it") {
    stage s;
    s.apply({resource("a")});
    s.running.spawn("hang", [](engine::runner& r) -> task<> {
        auto hanging = run_operation(r, "a", "hang", json::object(), {});
        CO_TRY_VOID(co_await std::move(hanging));
        co_return result<void>();
    }(*s.r));
    while (s.run("a", "rotate", {{"to", "y"}}).has_value()) {
    }
    CHECK(s.run("a", "rotate").error().context().find("is at work") != std::string::npos);
    s.declare({resource("a", {}, 7)});
    s.r->confirm({});
    auto waited = run_on(s.context, until(steady::now() + std::chrono::milliseconds(50), s.r->settled()));
    CHECK(!waited);
    CHECK(s.r->view(at("a"))->status == engine::resource_status::ready);
}
