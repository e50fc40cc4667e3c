// What a person asks of resources, through a real runner.
#include "landscaper/daemon/resource_verbs.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../engine/io/folder.hpp"
#include "../engine/io/one_thread.hpp"
#include "../engine/members.hpp"
#include "landscaper/async/deadline.hpp"

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
    std::string order;
    bool was_refused = false;
};

struct stage {
    stage() : running(context.get_executor()) {
        types.add("test.t", things);
        engine::runner_options options;
        options.state_file = folder / "state.json";
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
    ~stage() { static_cast<void>(run_on(context, stopped(running))); }

    test_folder folder;
    asio::io_context context{1};
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
    while (at_work(*s.r, {at("slow")}).empty())
        REQUIRE(run_on(s.context, sleep_for(std::chrono::milliseconds(1))).has_value());
    CHECK(at_work(*s.r, {at("slow")}).find("slow is at work already (create, for ") == 0);
    while (s.r->view(at("quick"))->status != engine::resource_status::done) {
        REQUIRE(run_on(s.context, sleep_for(std::chrono::milliseconds(1))).has_value());
    }
    CHECK(at_work(*s.r, {at("quick")}).empty());
}
