// What bad provider programs do, as real child processes, and what the engine makes of it.
#include <doctest/doctest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <fstream>

#include "../members.hpp"
#include "folder.hpp"
#include "landscaper/async/deadline.hpp"
#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "one_thread.hpp"

using namespace landscaper;
using namespace landscaper::provider;
using namespace std::chrono_literals;
using engine::value;
using nlohmann::json;

namespace {

// As the daemon does: a provider that ends without reading must not end its caller.
const auto ignores_broken_pipes = ::signal(SIGPIPE, SIG_IGN);

result<value> create_with(asio::io_context& context, engine::provider_ref program,
                          engine::process_provider_options options = {}) {
    auto foreign = engine::make_process_provider(std::move(program), options);
    request r{"greeting", value(json{{"name", "world"}}), {}, false, {}, {}};
    return run_on(context, foreign->create(r));
}

result<value> create_with_sh(asio::io_context& context, const std::string& script,
                             engine::process_provider_options options = {}) {
    return create_with(context, {"sh", {"-c", script}, true}, options);
}

constexpr const char* good = R"(echo '{"createResourceResponse":{"outputProperties":{"a":1}}}')";

}  // namespace

TEST_CASE("what a bad provider says is not believed, and is named") {
    asio::io_context context(1);
    auto code = [&](const std::string& script) { return create_with_sh(context, script).error().code(); };
    CHECK(create_with_sh(context, good).value().text() == R"({"a":1})");
    CHECK(create_with_sh(context, std::string(good) + "; " + good).value().text() == R"({"a":1})");
    CHECK(code("exit 3") == provider_errc::no_answer);
    CHECK(create_with_sh(context, "exit 3").error().context() == "sh: exit status 3");
    CHECK(code("kill -9 $$") == provider_errc::no_answer);
    CHECK(code("echo garbage") == provider_errc::bad_answer);
    CHECK(code("printf '\\377\\n'") == provider_errc::bad_answer);
    CHECK(code("head -c 100000 /dev/zero | tr '\\0' '['; echo") == provider_errc::bad_answer);
    CHECK(code("echo '{\"createResourceResponse\":{\"outputProperties\":{},\"id\":1}}'") ==
          provider_errc::bad_answer);
    CHECK(code("echo '{\"errorResponse\":{\"message\":\"no\"}}'") == provider_errc::failed);
    CHECK(create_with(context, {"landscaper-no-such-provider", {}, true}).error().code() ==
          process_errc::not_found);
}

TEST_CASE("an endless line ends at 64 MiB") {
    asio::io_context context(1);
    auto outcome = create_with_sh(context, "exec tr '\\0' x < /dev/zero");
    REQUIRE(!outcome);
    CHECK(outcome.error().code() == provider_errc::bad_answer);
}

TEST_CASE("a provider that answers and does not end is sent away") {
    asio::io_context context(1);
    engine::process_provider_options options;
    options.farewell = 50ms;
    CHECK(create_with_sh(context, std::string(good) + "; exec sleep 1000", options).value().text() ==
          R"({"a":1})");
}

TEST_CASE("a grandchild that keeps the pipes open does not keep the operation") {
    asio::io_context context(1);
    CHECK(create_with_sh(context, "sleep 3 & " + std::string(good)).value().text() == R"({"a":1})");
}

TEST_CASE("a provider that ended has nothing more to say, whoever keeps its pipes open") {
    asio::io_context context(1);
    engine::process_provider_options options;
    options.farewell = 50ms;
    auto outcome = create_with_sh(context, "sleep 30 & exit 3", options);
    REQUIRE(!outcome);
    CHECK(outcome.error().code() == provider_errc::no_answer);
    CHECK(outcome.error().context() == "sh: exit status 3");
}

TEST_CASE("a cancelled operation may still answer within its grace, and is ended after it") {
    asio::io_context context(1);
    engine::process_provider_options options;
    test_folder folder;
    options.grace = 30s;
    auto script = "sleep 0.2; echo > " + (folder / "answered") + "; " + good;
    auto slow = engine::make_process_provider({"sh", {"-c", script}, true}, options);
    auto first = until(steady::now() + 50ms, slow->create({"t", {}, {}, false, {}, {}}));
    CHECK(run_on(context, std::move(first)).has_error());
    CHECK(read_file(folder / "answered").has_value());
    options.grace = 20ms;
    auto began = steady::now();
    auto hanging = engine::make_process_provider({"sleep", {"1000"}, true}, options);
    auto outcome = run_on(context, until(began + 50ms, hanging->create({"t", {}, {}, false, {}, {}})));
    CHECK(outcome.has_error());
    CHECK(steady::now() - began < 10s);
}

namespace {

// A runner over real programs, as the daemon has it.
struct apply {
    explicit apply(const std::string& file) : running(context.get_executor()) {
        types.set_foreign(engine::foreign_providers());
        engine::runner_options options;
        options.state_file = file;
        options.on_error = [this](const std::string& one) { errors.push_back(one); };
        r.emplace(context.get_executor(), types, options);
    }
    void begin() {
        REQUIRE(r->open().has_value());
        running.spawn("runner", r->run());
    }
    engine::summary all(std::vector<engine::member> members) {
        REQUIRE(r->set_members("test", {std::move(members), {}, {}}).has_value());
        return run_on(context, r->settled()).value();
    }
    void stop() { REQUIRE(run_on(context, stopped(running)).has_value()); }
    std::string sentence(const char* name) { return r->view(engine::at(name))->sentence; }
    engine::resource_status status(const char* name) { return r->view(engine::at(name))->status; }

    asio::io_context context{1};
    registry types;
    std::optional<engine::runner> r;
    group running;
    std::vector<std::string> errors;
};

engine::member sh(const char* name, const std::string& script) {
    auto out = engine::resource(name);
    out.provider = {"sh", {"-c", script}, true};
    return out;
}

}  // namespace

TEST_CASE("bad providers spoil nothing but their own resources") {
    test_folder folder;
    apply a(folder / "state.json");
    a.begin();
    auto hangs = sh("hangs", "sleep 1000");
    hangs.policy.silence = 200ms;
    auto sum = a.all({
        sh("garbage", "echo '{not json'"),
        sh("dies", "kill -9 $$"),
        sh("twice", std::string(good) + "; " + good),
        sh("large", "head -c 100000000 /dev/zero | tr '\\0' x; echo"),
        sh("latin", "printf '{\"createResourceResponse\":{\"outputProperties\":{\"a\":\"\\377\"}}}\\n'"),
        sh("deep", "head -c 100000 /dev/zero | tr '\\0' '['; echo"),
        sh("good", good),
        hangs,
    });
    CHECK(a.status("good") == engine::resource_status::done);
    CHECK(a.status("twice") == engine::resource_status::done);
    CHECK(sum.of(engine::resource_status::failed) == 6);
    CHECK(a.sentence("dies").find("signal 9") != std::string::npos);
    CHECK(a.sentence("large").find("64 MiB") != std::string::npos);
    CHECK(a.sentence("hangs").find("said nothing") != std::string::npos);
    CHECK(a.r->state().size() == 2);
    a.stop();
}

TEST_CASE("a provider that knows no destroy is named, and what it made is kept in the state") {
    test_folder folder;
    apply a(folder / "state.json");
    a.begin();
    auto old = sh("old", "read line; case $line in *create*) " + std::string(good) + ";; esac");
    CHECK(a.all({old}).of(engine::resource_status::done) == 1);
    a.all({});
    a.r->destroy({engine::at("old")});
    CHECK(run_on(a.context, a.r->settled()).value().of(engine::resource_status::failed) == 1);
    CHECK(a.sentence("old").find("no such operation") != std::string::npos);
    CHECK(a.r->state().size() == 1);
    a.stop();
}

TEST_CASE("a state that cannot be read stops the apply before anything runs, and stays as it is") {
    test_folder folder;
    auto name = folder / "state.json";
    for (const char* text : {"garbage", "{\"index\":3}", "[[[[", "\377\376"}) {
        std::ofstream(name) << text;
        apply a(name);
        auto opened = a.r->open();
        CHECK(!opened);
        CHECK(opened.error().message().find(name) != std::string::npos);
        CHECK(read_file(name).value() == text);
    }
}
