// The same transcript through every local type, in this process and over stdio as NixOps4 would run it, and
// what a provider written in Python answers.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <cstdlib>
#include <fstream>

#include "../../engine/io/folder.hpp"
#include "../../engine/io/one_thread.hpp"
#include "../conformance.hpp"
#include "landscaper/async/deadline.hpp"
#include "landscaper/async/file.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/engine/io/process_provider.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/check.hpp"
#include "landscaper/provider/local/local.hpp"
#include "landscaper/provider/stdio_host.hpp"
#include "landscaper/provider/types.hpp"

using namespace landscaper;
using namespace landscaper::provider;
using namespace std::chrono_literals;
using engine::value;
using nlohmann::json;

namespace {

constexpr const char* as_provider = "a provider on stdio for the other tests";

// One way of reaching the local family.
struct way {
    asio::io_context& context;
    std::function<std::shared_ptr<resource_type>(const std::string& type)> find;
    std::vector<std::string> log;

    request ask(const std::string& type, json inputs, bool is_stateful) {
        request out{type, value(std::move(inputs)), {}, is_stateful, {}, {}};
        out.say = [this](const engine::progress& p) { log.push_back(p.sentence); };
        return out;
    }
    static std::string words(const result<value>& outcome) { return outcome ? outcome->text() : "error"; }
    std::string create(const std::string& type, json inputs, bool is_stateful = false) {
        return words(run_on(context, find(type)->create(ask(type, std::move(inputs), is_stateful))));
    }
    std::string update(const std::string& type, json before, json outputs, json inputs) {
        auto r = ask(type, std::move(inputs), true);
        r.previous = engine::resource_entry{type, value(std::move(before)), value(std::move(outputs)), {}};
        return words(run_on(context, find(type)->update(r)));
    }
    request about_state(const std::string& file) {
        auto r = ask("state_file", json::object(), true);
        r.previous = engine::resource_entry{"state_file", value(json{{"name", file}}), {}, {}};
        return r;
    }
};

std::vector<std::string> transcript(way w, const test_folder& folder) {
    std::vector<std::string> out;
    auto file = folder / "made";
    out.push_back(w.create("file", {{"name", file}, {"contents", "one\n"}}));
    out.push_back(w.create("file", {{"name", file}, {"contents", "two\n"}}));
    out.push_back(read_file(file).value());
    out.push_back(w.create("file", {{"name", folder / "no/such/folder"}, {"contents", ""}}));
    out.push_back(w.create("file", {{"name", file}}));
    out.push_back(w.create("file", {{"name", file}, {"contents", "x"}, {"mode", "0644"}}));
    out.push_back(w.update("file", {{"name", file}, {"contents", "two\n"}}, json::object(),
                           {{"name", file}, {"contents", "3"}}));
    json cat{{"executable", "cat"}, {"args", json::array()}, {"stdin", "in\n"}};
    out.push_back(w.create("exec", cat));
    out.push_back(w.create("exec", {{"executable", "sh"},
                                    {"args", {"-c", "echo to stderr >&2; printf '%s' \"$1\"", "sh", "a b"}},
                                    {"stdin", nullptr}}));
    out.push_back(w.create("exec", {{"executable", "false"}, {"args", json::array()}}));
    out.push_back(w.create("exec", {{"executable", "landscaper-no-such-program"}, {"args", json::array()}}));
    out.push_back(w.create("exec", {{"executable", "echo"}, {"args", {1}}}));
    out.push_back(w.create("exec", {{"executable", "printf"}, {"args", {"\\377"}}}));
    json once{{"executable", "echo"}, {"args", {"now"}}, {"once", true}};
    out.push_back(w.create("exec", once, false));
    out.push_back(w.create("exec", once, true));
    out.push_back(w.update("exec", once, {{"stdout", "then\n"}}, once));
    out.push_back(w.update("exec", cat, {{"stdout", "then\n"}}, cat));
    out.push_back(w.create("memo", {{"initialize_with", {{"a", {1, 2.0, nullptr}}}}}, true));
    out.push_back(w.create("memo", {{"initialize_with", 1}}, false));
    out.push_back(w.update("memo", {{"initialize_with", 1}}, {{"value", 1}}, {{"initialize_with", 2}}));
    auto state = folder / "state.json";
    out.push_back(w.create("state_file", {{"name", state}}));
    out.push_back(w.create("state_file", {{"name", state}}));
    out.push_back(w.create("state_file", {{"name", file}}));
    auto patch = json::parse(
        R"([{"op":"add","path":"/resources/a","value":{"type":"t","input_properties":{},"output_properties":{}}}])");
    auto recorded =
        run_on(w.context, w.find("state_file")->state_event(w.about_state(state), "create", value(patch)));
    out.push_back(recorded ? "recorded" : "error");
    out.push_back(way::words(run_on(w.context, w.find("state_file")->read_state(w.about_state(state)))));
    out.push_back(w.create("nothing", json::object()));
    out.push_back(std::to_string(std::count(w.log.begin(), w.log.end(), "to stderr")));
    return out;
}

bool has_python() {
    return std::system("python3 -c pass >/dev/null 2>&1") == 0;
}

result<value> create_with(asio::io_context& context, engine::provider_ref program,
                          engine::process_provider_options options = {}) {
    auto foreign = engine::make_process_provider(std::move(program), options);
    request r{"greeting", value(json{{"name", "world"}}), {}, false, {}, {}};
    return run_on(context, foreign->create(r));
}

}  // namespace

TEST_CASE("a provider on stdio for the other tests" * doctest::skip()) {
    registry types;
    local::add_to(types, engine::state_files_on_disk());
    auto ends = take_stdio();
    if (!ends) std::_Exit(3);
    asio::io_context context(1);
    auto served = run_on(context, serve_stdio("local", types, std::move(*ends)));
    std::_Exit(served ? 0 : 1);
}

TEST_CASE("the local types say the same in this process and over stdio") {
    asio::io_context context(1);
    registry types;
    local::add_to(types, engine::state_files_on_disk());
    auto near = [&](const std::string& type) -> std::shared_ptr<resource_type> {
        auto found = types.find({"local", {}, false}, type);
        if (found) return *found;
        return engine::make_process_provider({"false", {}, true}, {});
    };
    auto far = [](const std::string&) {
        return engine::make_process_provider(this_program(as_provider), {});
    };
    test_folder one, two;
    auto here = transcript({context, near, {}}, one);
    auto there = transcript({context, far, {}}, two);
    REQUIRE(here.size() == there.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
        CAPTURE(i);
        CHECK(here[i] == there[i]);
    }
    CHECK(here[2] == "two\n");
    CHECK(here[7] == R"({"stdout":"in\n"})");
    CHECK(here[8] == R"({"stdout":"a b"})");
    CHECK(here[15] == R"({"stdout":"then\n"})");
    CHECK(here[17] == R"({"value":{"a":[1,2.0,null]}})");
    CHECK(std::count(here.begin(), here.end(), "error") == 11);
}

constexpr const char* python_provider = R"(import json, sys

def create(r):
    if r["type"] != "greeting":
        raise ValueError("unknown type " + r["type"])
    return {"outputProperties": {"text": "hello " + r["inputProperties"]["name"]}}

def update(r):
    return create({"type": r["resource"]["type"], "inputProperties": r["inputProperties"]})

def destroy(r):
    print("destroying", r["resource"]["type"], file=sys.stderr)
    return {}

OPERATIONS = {
    "createResourceRequest": ("createResourceResponse", create),
    "updateResourceRequest": ("updateResourceResponse", update),
    "destroyResourceRequest": ("destroyResourceResponse", destroy),
}

for line in sys.stdin:
    (name, body), = json.loads(line).items()
    answer, operation = OPERATIONS[name]
    try:
        out = {answer: operation(body)}
    except Exception as e:
        out = {"errorResponse": {"message": str(e)}}
    print(json.dumps(out), flush=True)
)";

TEST_CASE("a provider written in thirty lines of Python runs") {
    if (!has_python()) return;
    test_folder folder;
    std::ofstream(folder / "provider.py") << python_provider;
    asio::io_context context(1);
    engine::provider_ref python{"python3", {folder / "provider.py"}, true};
    CHECK(create_with(context, python).value().text() == R"({"text":"hello world"})");
    auto foreign = engine::make_process_provider(python, {});
    std::vector<std::string> log;
    request r{"other", value(json{{"name", "x"}}),
              {},      true,
              {},      [&](const engine::progress& p) { log.push_back(p.sentence); }};
    auto failed = run_on(context, foreign->create(r));
    REQUIRE(!failed);
    CHECK(failed.error().context() == "python3: unknown type other");
    r.previous =
        engine::resource_entry{"greeting", value(json{{"name", "x"}}), value(json{{"text", "hello x"}}), {}};
    CHECK(run_on(context, foreign->update(r)).value().text() == R"({"text":"hello x"})");
    CHECK(run_on(context, foreign->destroy(r)).has_value());
    CHECK(log == std::vector<std::string>{"destroying greeting"});

    // The same under the engine: created once, its output used by a built-in type, skipped the next time.
    for (auto expected : {engine::operation::create, engine::operation::skip}) {
        registry types;
        local::add_to(types, engine::state_files_on_disk());
        types.set_foreign(engine::foreign_providers());
        engine::runner_options options;
        options.state_file = folder / "state.json";
        engine::runner runner(context.get_executor(), types, options);
        REQUIRE(runner.open().has_value());
        group running(context.get_executor());
        running.spawn("runner", runner.run());
        engine::member greeting;
        greeting.at = {"greeting"};
        greeting.provider = python;
        greeting.type = "greeting";
        greeting.inputs["name"] = engine::literal("world");
        auto file = member_of("local.file", {"file"},
                              {{"name", engine::literal(folder / "greeting.txt")},
                               {"contents", engine::reference({"greeting"}, "text")}});
        REQUIRE(runner.set_members("test", {{greeting, file}, {}}).has_value());
        auto all = run_on(context, runner.settled()).value();
        CHECK(all.of(engine::resource_status::done) == 2);
        CHECK(runner.view({"greeting"})->op == expected);
        CHECK(read_file(folder / "greeting.txt").value() == "hello world");
        REQUIRE(run_on(context, stopped(running)).has_value());
    }
}

namespace {

check_sample file_sample(const test_folder& folder) {
    check_sample out;
    auto name = folder / "made";
    out.type = "file";
    out.inputs = value(json{{"name", name}, {"contents", "one"}});
    out.changed = value(json{{"name", folder / "moved"}, {"contents", "two"}});
    out.spoil = [name = folder / "moved"] { std::ofstream(name) << "spoilt"; };
    return out;
}

}  // namespace

TEST_CASE("every local type goes through its whole life, in this process and over stdio alike") {
    asio::io_context context(1);
    registry types;
    local::add_to(types, engine::state_files_on_disk());
    auto far = engine::make_process_provider(this_program(as_provider), {});
    auto both = [&](const std::function<check_sample(const test_folder&)>& make) {
        test_folder one, two;
        auto sample = make(one);
        auto near = std::make_shared<family>(types, "local");
        auto here = told(run_on(context, check(near, sample)));
        auto there = told(run_on(context, check(far, make(two))));
        CHECK(here == there);
        return here;
    };
    CHECK(both(file_sample) == all_is_well);
    auto memo = both([](const test_folder&) {
        return check_sample{
            "memo", value(json{{"initialize_with", 1}}), value(json{{"initialize_with", 2}}), true, {}};
    });
    CHECK(memo[2] == "ok applied again without a change, it is the same");
    CHECK(memo[3] == "ok it is updated");
    CHECK(memo[9] == "ok it is destroyed once more, which is no error");
    auto exec = both([](const test_folder&) {
        json inputs{{"executable", "echo"}, {"args", {"1"}}};
        json changed{{"executable", "echo"}, {"args", {"2"}}};
        return check_sample{"exec", value(inputs), value(changed), true, {}};
    });
    CHECK(exec[1] == "ok it is created");
    CHECK(exec[2] == "unsupported applied again without a change, it is the same");
    CHECK(exec[7] == "ok it is destroyed");
    auto state = both([](const test_folder& folder) {
        auto name = folder / "state.json";
        auto spoil = [name] { std::filesystem::remove(name); };
        return check_sample{"state_file", value(json{{"name", name}}), {}, false, spoil};
    });
    CHECK(state[5] == "ok what others do to it is seen");
    CHECK(state[6] == "ok and put right");
    CHECK(state[7] == "unsupported it is destroyed");
}

TEST_CASE("a provider of thirty lines passes the check as far as it goes, and a careless one does not") {
    if (!has_python()) return;
    asio::io_context context(1);
    test_folder folder;
    std::ofstream(folder / "provider.py") << python_provider;
    auto python = engine::make_process_provider({"python3", {folder / "provider.py"}, true}, {});
    check_sample sample{"greeting", value(json{{"name", "a"}}), value(json{{"name", "b"}}), true, {}};
    auto said = told(run_on(context, check(python, sample)));
    REQUIRE(said.size() == 10);
    CHECK(said[0] == "ok a type that does not exist is refused");
    CHECK(said[3] == "ok it is updated");
    CHECK(said[9] == "ok it is destroyed once more, which is no error");
    auto careless = engine::make_process_provider(
        {"sh", {"-c", R"(read x; echo '{"createResourceResponse":{"outputProperties":{}}}')"}, true}, {});
    said = told(run_on(context, check(careless, sample)));
    CHECK(said[0] == "FAILED a type that does not exist is refused");
    CHECK(said[3] == "FAILED it is updated");
}
