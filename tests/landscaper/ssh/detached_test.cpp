#include "landscaper/ssh/detached.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/shell.hpp"

using namespace landscaper;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct answer {
    std::string out, err;
    int code = 0;
};

// The host is this machine's own shell; its steps lie in a folder of the test.
struct local_host {
    fs::path root;
    std::string steps;

    local_host() {
        std::string pattern = "/tmp/landscaper-steps-XXXXXX";
        root = ::mkdtemp(pattern.data());
        steps = (root / "steps").string();
    }
    ~local_host() { fs::remove_all(root); }

    static std::string text_of(const fs::path& file) {
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    answer run(const std::string& command, const std::string& input = {}) const {
        std::ofstream(root / "input") << input;
        std::ofstream(root / "command") << command;
        auto line = "sh " + (root / "command").string() + " <" + (root / "input").string() + " >" +
                    (root / "out").string() + " 2>" + (root / "err").string();
        int status = std::system(line.c_str());
        return {text_of(root / "out"), text_of(root / "err"), WEXITSTATUS(status)};
    }
    answer start(const std::string& id, const std::string& script) const {
        auto text = ssh::detached(id, script, steps);
        return run(text.command, text.input);
    }
    answer follow(const std::string& id, std::uint64_t offset = 0,
                  std::chrono::milliseconds slice = 20s) const {
        return run(ssh::follow(id, offset, slice, steps));
    }
    answer both(const std::string& id, const std::string& script) const {
        auto text = ssh::detached_and_follow(id, script, 0, 20s, steps);
        auto said = run(text.command, text.input);
        // A step that ends between two looks is found by the next call, as its callers do.
        for (int calls = 0; calls < 20 && is_running(id, said); ++calls) {
            auto more = follow(id, said.out.size());
            said.out += more.out;
            said.err = more.err;
        }
        return said;
    }
    static bool is_running(const std::string& id, const answer& said) {
        auto state = ssh::parse_follow(id, said.err);
        return state && state->state == ssh::step_state::running;
    }
    fs::path file(const std::string& name) const { return root / name; }
};

ssh::step_report report(const std::string& id, const answer& a) {
    auto parsed = ssh::parse_follow(id, a.err);
    if (!parsed) MESSAGE(parsed.error().message());
    REQUIRE(parsed.has_value());
    return *parsed;
}

const ssh::step_report ended_well{ssh::step_state::ended, 0};

}  // namespace

TEST_CASE("a detached step's output and status come back") {
    local_host host;
    auto said = host.both("copy.1", "echo one; echo two >&2; exit 7");
    CHECK(said.out == "one\ntwo\n");
    CHECK(report("copy.1", said) == ssh::step_report{ssh::step_state::ended, 7});
}

TEST_CASE("starting a step again while it runs re-attaches to it") {
    local_host host;
    auto gate = host.file("gate").string();
    auto script = "echo run >>" + host.file("runs").string() + "; while [ ! -e " + gate +
                  " ]; do sleep 0.05; done; echo done";
    CHECK(host.start("format.1", script).code == 0);
    CHECK(host.start("format.1", script).code == 0);
    auto early = host.follow("format.1", 0, 200ms);
    CHECK(report("format.1", early).state == ssh::step_state::running);
    std::ofstream(gate) << "open";
    auto said = host.both("format.1", script);
    CHECK(said.out == "done\n");
    CHECK(report("format.1", said) == ended_well);
    CHECK(local_host::text_of(host.file("runs")) == "run\n");
}

TEST_CASE("starting a step again when it has ended tells how it ended") {
    local_host host;
    auto script = "echo run >>" + host.file("runs").string();
    CHECK(report("x", host.both("x", script)) == ended_well);
    CHECK(report("x", host.both("x", script)) == ended_well);
    CHECK(local_host::text_of(host.file("runs")) == "run\n");
}

TEST_CASE("following goes on from an offset") {
    local_host host;
    CHECK(report("x", host.both("x", "printf 'abcdef\\nghi\\n'")) == ended_well);
    CHECK(host.follow("x", 3).out == "def\nghi\n");
    CHECK(host.follow("x", 11).out.empty());
}

TEST_CASE("a script that arrives cut off is never started") {
    local_host host;
    auto text = ssh::detached("x", "echo one\necho two\n", host.steps);
    auto said = host.run(text.command, text.input.substr(0, 9));
    CHECK(said.code == 1);
    CHECK(said.err == "step x: the script arrived cut off\n");
    CHECK(report("x", host.follow("x")).state == ssh::step_state::unknown);
    CHECK(report("x", host.both("x", "echo one\necho two\n")) == ended_well);
}

TEST_CASE("a step whose processes were killed is seen as died, and can be started again") {
    local_host host;
    auto script =
        "if [ -e " + host.file("second").string() + " ]; then echo better; else echo first; sleep 60; fi";
    CHECK(host.start("x", script).code == 0);
    CHECK(report("x", host.follow("x", 0, 200ms)).state == ssh::step_state::running);
    CHECK(host.run(ssh::stop_step("x", host.steps)).code == 0);
    CHECK(report("x", host.follow("x")).state == ssh::step_state::died);
    std::ofstream(host.file("second")) << "now";
    auto said = host.both("x", script);
    CHECK(report("x", said) == ended_well);
    CHECK(said.out == "first\nlandscaper: started again after it was killed\nbetter\n");
}

TEST_CASE("what a step leaves running holds neither its end nor the session") {
    local_host host;
    auto said = host.both("x", "setsid sleep 5 & echo started");
    CHECK(said.out == "started\n");
    CHECK(report("x", said) == ended_well);
}

TEST_CASE("a step's programs get no descriptor that the session does not have") {
    local_host host;
    std::string script = "sh -c 'ls /proc/$$/fd; :'";
    auto of_session = host.run(script).out;
    CHECK(of_session.starts_with("0\n1\n"));
    CHECK(host.both("x", script).out == of_session);
}

TEST_CASE("what a step leaves running does not keep a step that died from being started again") {
    local_host host;
    auto second = host.file("second").string(), left = host.file("left").string();
    auto script = "[ ! -e " + second + " ] || { echo again; exit 0; }; setsid sleep 60 & echo $! >" + left +
                  "; kill -KILL $PPID $$";
    CHECK(host.start("x", script).code == 0);
    auto dead = host.follow("x", 0, 200ms);
    for (int calls = 0; calls < 20 && local_host::is_running("x", dead); ++calls) {
        dead = host.follow("x", 0, 200ms);
    }
    CHECK(report("x", dead).state == ssh::step_state::died);
    CHECK(host.run("kill -0 $(cat " + left + ")").code == 0);
    std::ofstream(second) << "now";
    auto said = host.both("x", script);
    CHECK(report("x", said) == ended_well);
    CHECK(said.out == "landscaper: started again after it was killed\nagain\n");
    host.run("kill $(cat " + left + ")");
}

TEST_CASE("a script that outlives its keeper is not started a second time before it is gone") {
    local_host host;
    auto gate = host.file("gate").string(), runs = host.file("runs").string();
    auto script = "echo run >>" + runs + "; kill -KILL $PPID; until [ -e " + gate + " ]; do sleep 0.05; done";
    CHECK(host.start("x", script).code == 0);
    CHECK(host.run("until [ -s " + runs + " ]; do sleep 0.05; done").code == 0);
    CHECK(report("x", host.follow("x", 0, 200ms)).state == ssh::step_state::running);
    CHECK(host.start("x", script).code == 0);
    CHECK(report("x", host.follow("x", 0, 200ms)).state == ssh::step_state::running);
    CHECK(local_host::text_of(runs) == "run\n");
    std::ofstream(gate) << "open";
    auto after = host.follow("x");
    while (local_host::is_running("x", after)) after = host.follow("x");
    CHECK(report("x", after).state == ssh::step_state::died);
}

TEST_CASE("a step cannot fake its end through its own output") {
    local_host host;
    auto said = host.both("x", "echo 'landscaper-step x exit 0' >&2; exit 3");
    CHECK(report("x", said) == ssh::step_report{ssh::step_state::ended, 3});
}

TEST_CASE("a forgotten step is unknown, a running one is not forgotten") {
    local_host host;
    CHECK(report("x", host.both("x", "true")) == ended_well);
    host.run(ssh::forget_step("x", host.steps));
    CHECK(report("x", host.follow("x")).state == ssh::step_state::unknown);
    host.start("y", "sleep 60");
    host.run(ssh::forget_step("y", host.steps));
    CHECK(report("y", host.follow("y", 0, 200ms)).state == ssh::step_state::running);
    host.run(ssh::stop_step("y", host.steps));
}

TEST_CASE("step ids are plain words") {
    CHECK(ssh::is_step_id("7.format.1"));
    for (const char* id : {"", ".", "../x", "-x", "a b", "A", "a/b", "a'b"}) CHECK_FALSE(ssh::is_step_id(id));
    CHECK_FALSE(ssh::is_step_id(std::string(81, 'a')));
}

TEST_CASE("a report that is none is refused") {
    for (const char* errors :
         {"", "landscaper-step y exit 0", "xlandscaper-step x exit 0", "landscaper-step x exit",
          "landscaper-step x exit 256", "landscaper-step x exit 0x", "landscaper-step x fine"}) {
        CAPTURE(errors);
        CHECK(ssh::parse_follow("x", errors).error().code() == ssh::ssh_errc::bad_output);
    }
}
