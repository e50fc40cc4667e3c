#include "landscaper/engine/io/runner.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../members.hpp"
#include "folder.hpp"
#include "landscaper/async/deadline.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "one_thread.hpp"

using namespace landscaper;
using namespace landscaper::engine;
using namespace std::chrono_literals;
using nlohmann::json;
using status = resource_status;

namespace {

// What a test's resource type does next, by path.
struct script {
    std::map<std::string, int> creates;
    std::map<std::string, std::string> failing;
    std::set<std::string> hanging;
    std::string waits_for_person;
    unsigned at_once = 0, most_at_once = 0;
};

class scripted : public provider::resource_type {
  public:
    explicit scripted(script& s) : s_(s) {}

    task<value> create(provider::request r) override {
        auto name = r.at.text();
        ++s_.creates[name];
        s_.most_at_once = std::max(s_.most_at_once, ++s_.at_once);
        r.working("at work", 1, 2, "steps");
        r.log("hello from " + name);
        auto waited = co_await wait(r);
        --s_.at_once;
        CO_TRY_VOID(waited);
        if (s_.failing.contains(name)) co_return error(provider::provider_errc::failed, s_.failing[name]);
        co_return value(json{{"out", name + "!"}});
    }
    task<value> update(provider::request r) override { return create(r); }
    task<> destroy(provider::request) override { co_return result<void>(); }

  private:
    task<> wait(provider::request r) {
        if (r.at.text() == s_.waits_for_person) r.waits_for_person("switch it on");
        if (s_.hanging.contains(r.at.text()) || r.at.text() == s_.waits_for_person) {
            co_return co_await sleep_for(1h);
        }
        co_return co_await sleep_for(0s);
    }
    script& s_;
};

// A runner with its loop, as the daemon has it.
struct stage {
    explicit stage(const std::string& file, limits allowed = {}) : running(context.get_executor()) {
        types.add("test.t", std::make_shared<scripted>(s));
        runner_options options;
        options.state_file = file;
        options.limits = allowed;
        options.on_event = [this](const resource_event& e) {
            said.push_back(e.log.empty() ? e.view.at.text() + " " + to_text(e.view.status) : e.log);
            news.notify();
        };
        options.on_error = [this](const std::string& line) { errors.push_back(line); };
        r.emplace(context.get_executor(), types, std::move(options));
    }
    void open() {
        REQUIRE(r->open().has_value());
        running.spawn("runner", r->run());
    }
    summary apply(std::vector<member> members) {
        REQUIRE(r->set_members("test", {std::move(members), {}}).has_value());
        return run_on(context, r->settled()).value();
    }
    void until(const char* name, status is) {
        REQUIRE(comes_to_hold(context, news, [&] { return status_of(name) == is; }));
    }
    void stop() { REQUIRE(run_on(context, stopped(running)).has_value()); }
    status status_of(const char* name) { return r->view(at(name)).value().status; }

    script s;
    asio::io_context context{1};
    landscaper::event news{context.get_executor()};
    provider::registry types;
    std::optional<runner> r;
    group running;
    std::vector<std::string> said, errors;
};

}  // namespace

TEST_CASE("a chain is created, recorded, and not touched by the next run") {
    test_folder folder;
    auto file = folder / "state.json";
    std::vector<member> members{resource("h.a"), resource("h.b", {"h.a"}), resource("c", {"h.b"})};
    {
        stage s(file);
        s.open();
        CHECK(s.apply(members).of(status::done) == 3);
        CHECK(s.r->view(at("c"))->outputs->json().at("out") == "c!");
        CHECK(std::count(s.said.begin(), s.said.end(), "hello from h.a") == 1);
        CHECK(std::count(s.said.begin(), s.said.end(), "c done") == 1);
        s.stop();
    }
    CHECK(read_state(file).value().find(at("c"))->inputs->at("from h.b") == "h.b!");
    stage again(file);
    again.open();
    CHECK(again.apply(members).of(status::done) == 3);
    CHECK(again.s.creates.empty());
    CHECK(again.r->plan().front().action == plan_action::unchanged);
    again.stop();
}

TEST_CASE("a failure is said in words, and stops dependants only") {
    test_folder folder;
    stage s(folder / "state.json");
    s.open();
    s.s.failing["a"] = "no such disk";
    auto sum = s.apply({resource("a"), resource("b", {"a"}), resource("c")});
    CHECK(sum.of(status::failed) == 1);
    CHECK(sum.of(status::blocked) == 1);
    CHECK(sum.of(status::done) == 1);
    CHECK(s.r->view(at("a"))->sentence == "no such disk: the provider failed");
    s.s.failing.clear();
    s.r->retry({});
    CHECK(run_on(s.context, s.r->settled()).value().of(status::done) == 3);
    s.stop();
}

TEST_CASE("members change while work is in flight") {
    test_folder folder;
    stage s(folder / "state.json");
    s.open();
    s.s.hanging = {"a"};
    REQUIRE(s.r->set_members("test", {{resource("a")}, {}}).has_value());
    s.until("a", status::running);
    REQUIRE(s.r->set_members("other", {{resource("b")}, {}}).has_value());
    s.until("b", status::done);
    CHECK(s.status_of("a") == status::running);
    CHECK(!s.r->set_members("third", {{resource("b")}, {}}));
    s.stop();
    CHECK(s.s.creates["a"] == 1);
}

TEST_CASE("who waits for a person holds no slot, and does not keep the apply from settling") {
    stage s("", {{{"test", 1}}, 0});
    s.open();
    s.s.waits_for_person = "a";
    auto sum = s.apply({resource("a"), resource("b"), resource("c")});
    CHECK(sum.of(status::person) == 1);
    CHECK(sum.of(status::done) == 2);
    CHECK(s.r->view(at("a"))->sentence == "switch it on");
    s.r->cancel({at("a")});
    auto after = run_on(s.context, s.r->settled()).value();
    CHECK(after.of(status::person) + after.of(status::cancelled) == 1);
    s.until("a", status::cancelled);
    s.stop();
}

TEST_CASE("a limit of one runs one at a time") {
    stage s("", {{}, 1});
    s.open();
    CHECK(s.apply({resource("a"), resource("b"), resource("c")}).of(status::done) == 3);
    CHECK(s.s.most_at_once == 1);
    s.stop();
}

TEST_CASE("what is cut off by the end of the program is in doubt for the next, unless it may be sent again") {
    test_folder folder;
    auto file = folder / "state.json";
    auto exec = resource("exec");
    exec.policy.create_is_idempotent = false;
    {
        stage s(file);
        s.open();
        s.s.hanging = {"exec", "idem"};
        REQUIRE(s.r->set_members("test", {{exec, resource("idem")}, {}}).has_value());
        REQUIRE(comes_to_hold(s.context, s.news, [&] { return s.s.creates.size() == 2; }));
        s.stop();
    }
    for (int i = 0; i < 2; ++i) {
        stage next(file);
        next.open();
        auto sum = next.apply({exec, resource("idem")});
        CHECK(sum.of(status::person) == 1);
        CHECK(sum.of(status::done) == 1);
        CHECK(next.r->view(at("exec"))->sentence.find("may exist") != std::string::npos);
        CHECK(next.s.creates.count("exec") == 0);
        next.stop();
    }
    stage last(file);
    last.open();
    CHECK(last.apply({exec, resource("idem")}).of(status::person) == 1);
    last.r->retry({at("exec")});
    CHECK(run_on(last.context, last.r->settled()).value().of(status::done) == 2);
    last.stop();
}

TEST_CASE("an update waits for confirmation; an orphan stays until it is named") {
    test_folder folder;
    stage s(folder / "state.json");
    s.open();
    s.apply({resource("a"), resource("b", {"a"})});
    CHECK(s.apply({resource("a", {}, 1)}).of(status::person) == 1);
    auto items = s.r->plan();
    REQUIRE(items.size() == 2);
    CHECK(items[0].action == plan_action::update);
    CHECK(items[1].action == plan_action::orphan);
    s.r->confirm({at("a")});
    CHECK(run_on(s.context, s.r->settled()).value().of(status::done) == 1);
    s.r->destroy({at("b")});
    CHECK(run_on(s.context, s.r->settled()).value().of(status::orphan) == 0);
    CHECK(s.r->state().size() == 1);
    s.stop();
}

TEST_CASE("an unknown type fails with the names that there are") {
    stage s("");
    s.open();
    auto a = resource("a");
    a.type = "nothing";
    CHECK(s.apply({a}).of(status::failed) == 1);
    CHECK(s.r->view(at("a"))->sentence.find("test.t") != std::string::npos);
    s.stop();
}

TEST_CASE("a second apply of the same deployment is refused while the first runs") {
    test_folder folder;
    stage first(folder / "state.json");
    first.open();
    stage second(folder / "state.json");
    auto opened = second.r->open();
    REQUIRE(!opened);
    CHECK(opened.error().code() == state_file_errc::in_use);
    CHECK(opened.error().message().find("state.json") != std::string::npos);
    first.stop();
}

TEST_CASE("draining lets what runs end and starts nothing more") {
    stage s("");
    s.open();
    REQUIRE(s.r->set_members("test", {{resource("a"), resource("b", {"a"})}, {}}).has_value());
    REQUIRE(run_on(s.context, s.r->drain()).has_value());
    CHECK(s.status_of("a") == status::done);
    CHECK(s.status_of("b") == status::ready);
    s.stop();
}

TEST_CASE("a thousand resources without a state file take few turns") {
    stage s("");
    s.open();
    std::vector<member> members;
    for (int i = 0; i < 1000; ++i)
        members.push_back(
            resource("r" + std::to_string(i),
                     i ? std::vector<std::string>{"r" + std::to_string(i / 2)} : std::vector<std::string>{}));
    members[0] = resource("r0");
    members[1] = resource("r1", {"r0"});
    CHECK(s.apply(members).of(status::done) == 1000);
    s.stop();
}

TEST_CASE("a renamed host moves in the state and runs nothing") {
    test_folder folder;
    auto file = folder / "state.json";
    stage s(file);
    s.open();
    s.apply({resource("hosts.old.a"), resource("x")});
    CHECK(run_on(s.context, s.r->move(at("hosts.old"), at("x"))).error().code() == runner_errc::name_taken);
    REQUIRE(run_on(s.context, s.r->move(at("hosts.old"), at("hosts.new"))).has_value());
    CHECK(s.apply({resource("hosts.new.a"), resource("x")}).of(status::done) == 2);
    CHECK(s.s.creates.size() == 2);
    CHECK(s.r->state().size() == 2);
    s.stop();
    auto kept = read_state(file).value();
    CHECK(kept.find(at("hosts.new.a")).has_value());
    CHECK(!kept.find(at("hosts.old.a")).has_value());
}
