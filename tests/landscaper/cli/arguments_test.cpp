#include "landscaper/cli/arguments.hpp"

#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::cli;

static const syntax sample{{"--until", "--output"}, {"--plain"}, 0, 2};

static arguments parsed(const std::vector<std::string>& given, const syntax& allowed = sample) {
    auto out = parse_arguments(given, allowed);
    REQUIRE(out);
    return *out;
}

static error refused(const std::vector<std::string>& given, const syntax& allowed = sample) {
    auto out = parse_arguments(given, allowed);
    REQUIRE_FALSE(out);
    return out.error();
}

TEST_CASE("options take their value from the next word or behind an equals sign") {
    CHECK(parsed({"--until", "ok"}).value("--until", "") == "ok");
    CHECK(parsed({"--until=ok"}).value("--until", "") == "ok");
    CHECK(parsed({"--until="}).value("--until", "x").empty());
    CHECK(parsed({"--until", "--plain"}).value("--until", "") == "--plain");
    CHECK(parsed({}).value("--until", "never") == "never");
    CHECK(parsed({"-o", "file"}).value("--output", "") == "file");
}

TEST_CASE("words and options may be mixed, and -- ends the options") {
    auto out = parsed({"a", "--plain", "--", "--plain"});
    CHECK(out.words == std::vector<std::string>{"a", "--plain"});
    CHECK(out.has("--plain"));
    CHECK(parsed({"-"}).words == std::vector<std::string>{"-"});
}

TEST_CASE("every command takes --network, --state, --socket, --json and --help") {
    auto out = parsed({"--network", "n", "--state=s", "--socket", "k", "--json"});
    CHECK(out.value("--network", "") == "n");
    CHECK(out.value("--state", "") == "s");
    CHECK(out.value("--socket", "") == "k");
    CHECK(out.has("--json"));
}

TEST_CASE("what is wrong is named") {
    CHECK(refused({"--colour"}).message() == "--colour: unknown option");
    CHECK(refused({"--plain=yes"}).message() == "--plain=yes: unknown option");
    CHECK(refused({"--until"}).message() == "--until: needs a value");
    CHECK(refused({"a", "b", "c"}).message() == "3 given, 0 to 2 wanted: wrong number of arguments");
    CHECK(refused({}, {{}, {}, 1, 1}).message() == "0 given, 1 wanted: wrong number of arguments");
}

TEST_CASE("--help needs no words") {
    CHECK(parsed({"--help"}, {{}, {}, 1, 1}).has("--help"));
    CHECK(parsed({"-h"}, {{}, {}, 1, 1}).has("--help"));
}

TEST_CASE("what stands behind the name of a host is the host's: ssh px01 ls -l --help") {
    const syntax ssh{{}, {}, 1, 1000, 1};
    auto out = parsed({"--socket", "k", "px01", "ls", "-l", "--help", "--"}, ssh);
    CHECK(out.value("--socket", "") == "k");
    CHECK(out.words == std::vector<std::string>{"px01", "ls", "-l", "--help", "--"});
    CHECK_FALSE(out.has("--help"));
}

TEST_CASE("options of every command may stand before its name") {
    using words = std::vector<std::string>;
    CHECK(name_first({"--socket", "k", "--json", "--network=n", "ssh", "px01", "-l"}) ==
          words{"ssh", "--socket", "k", "--json", "--network=n", "px01", "-l"});
    CHECK(name_first({"hosts", "--json"}) == words{"hosts", "--json"});
    CHECK(name_first({"--help"}) == words{"--help"});
    CHECK(name_first({"--socket", "k"}) == words{"--socket", "k"});
    CHECK(name_first({"--socket"}) == words{"--socket"});
    CHECK(name_first({}).empty());
}
