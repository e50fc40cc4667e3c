#include "landscaper/async/process.hpp"

#include <doctest/doctest.h>

#include "tests/support/result.hpp"
#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "tests/landscaper/async/run.hpp"

using namespace landscaper;
using namespace std::chrono_literals;

static result<process_result> run(std::vector<std::string> argv, process_options options = {},
                                  steady::duration limit = 20s) {
    process_spec spec;
    spec.argv = std::move(argv);
    return run_to_end(run_process(std::move(spec), std::move(options), steady::now() + limit));
}

TEST_CASE("a child's output, errors and exit status arrive") {
    auto done = run({"sh", "-c", "echo out; echo err >&2; exit 3"});
    REQUIRE(done);
    CHECK(done->out == "out\n");
    CHECK(done->err == "err\n");
    CHECK(done->status.code == 3);
    CHECK(done->status.text() == "exit status 3");
}

TEST_CASE("standard input is written and closed") {
    process_options options;
    options.input = std::string(300000, 'x');
    auto done = run({"wc", "-c"}, options);
    REQUIRE(done);
    CHECK(done->out.find("300000") != std::string::npos);
}

TEST_CASE("lines are reported as they come, the last one also without line end") {
    std::vector<std::string> lines;
    process_options options;
    options.on_out_line = [&](std::string_view line) { lines.emplace_back(line); };
    REQUIRE(run({"printf", "a\\nb\\nc"}, options));
    CHECK(lines == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a missing program is named") {
    auto done = run({"no-such-program-here"});
    REQUIRE(!done);
    CHECK(done.error().code() == process_errc::not_found);
    CHECK(done.error().message().find("no-such-program-here") != std::string::npos);
}

TEST_CASE("a child past its deadline is ended with its whole session") {
    auto begin = steady::now();
    auto done = run({"sh", "-c", "sleep 100 & sleep 100"}, {}, 100ms);
    REQUIRE(!done);
    CHECK(done.error().code() == async_errc::timed_out);
    CHECK(steady::now() - begin < 30s);
}

TEST_CASE("a child inherits no descriptor but the three") {
    auto done = run({"sh", "-c", "ls /proc/self/fd | wc -l"});
    REQUIRE(done);
    // 0, 1, 2 and the folder that ls reads.
    CHECK(std::stoi(done->out) == 4);
}

TEST_CASE("a child that is killed says by which signal") {
    auto done = run({"sh", "-c", "kill -9 $$"});
    REQUIRE(done);
    CHECK(done->status.signal == SIGKILL);
}

namespace {

// How often a child was run that fails with these words, and how the last one ended.
struct runs {
    unsigned count = 0;
    result<process_result> last = process_result{};
};
runs run_failing(const std::string& words, unsigned until, steady::duration limit) {
    runs out;
    process_options options;
    options.on_out_line = [&out](std::string_view) { ++out.count; };
    options.is_passing = [&out, until](std::string_view err) { return err == "busy\n" && out.count < until; };
    out.last = run({"sh", "-c", "echo; echo " + words + " >&2; exit 1"}, std::move(options), limit);
    return out;
}

}  // namespace

TEST_CASE("a child whose failure is a passing one is run again") {
    auto done = run_failing("busy", 3, 2min);
    REQUIRE(done.last);
    CHECK(done.last->status.code == 1);
    CHECK(done.last->err == "busy\n");
    CHECK(done.count == 3);
}

TEST_CASE("no other failure is repeated, no success, and none past the deadline") {
    CHECK(run_failing("wrong", 3, 2min).count == 1);
    process_options options;
    options.is_passing = [](std::string_view) { return true; };
    CHECK(run({"true"}, options)->status.is_success());
    // Ten runs would take 25 s.
    auto late = run_failing("busy", 100, 1s);
    CHECK(late.count > 1);
    CHECK(late.count < 10);
}
