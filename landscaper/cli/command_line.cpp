// Finds the command, checks its arguments, runs it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "landscaper/base/nearest.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"

namespace landscaper::cli {

static void print_help() {
    std::puts("landscaper turns a rack of blank servers into running hosts. Commands:\n");
    for (const auto& c : commands()) {
        auto left = std::string(c.name) + " " + std::string(c.synopsis);
        auto help = std::string(c.help.substr(0, c.help.find('\n')));
        // A long synopsis stands alone; its help is in the column of the others.
        if (left.size() > 38) {
            std::printf("  landscaper %s\n  %-49s %s\n", left.c_str(), "", help.c_str());
        } else {
            std::printf("  landscaper %-38s %s\n", left.c_str(), help.c_str());
        }
    }
    std::puts(
        "\nOptions of every command: --network DIR (default /var/lib/landscaper/network), --state DIR,\n"
        "--socket FILE (default /run/landscaper/control.sock), --json, --help.\n"
        "With --json what went wrong is {\"error\": {\"message\": .., \"remedy\": ..}} on stdout, besides "
        "the sentence on "
        "stderr.\n"
        "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 waits for a person, 4 (plan) would change.");
}

static int refuse_command(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& one : commands()) names.emplace_back(one.name);
    auto remedy = did_you_mean(name, names);
    if (remedy.empty()) remedy = "see landscaper --help";
    auto message = "no command " + name;
    tell_error("", "landscaper: " + message + "; " + remedy, message, remedy);
    return exit_usage;
}

static int carry_out(std::vector<std::string> given) {
    if (given.empty() || given[0] == "--help" || given[0] == "-h" || given[0] == "help") {
        print_help();
        return given.empty() ? exit_usage : exit_done;
    }
    auto name = given[0];
    given.erase(given.begin());
    const auto& all = commands();
    auto found = std::find_if(all.begin(), all.end(), [&](const command& c) { return c.name == name; });
    if (found == all.end()) {
        return refuse_command(name);
    }
    auto parsed = parse_arguments(given, found->takes);
    if (!parsed) {
        complain(found->name, parsed.error(), exit_usage);
        return complain_of_usage(found->name);
    }
    if (parsed->has("--help")) {
        std::printf("%s\n\n%s\n\nOptions of every command: landscaper --help\n", usage_of(*found).c_str(),
                    std::string(found->help).c_str());
        return exit_done;
    }
    return found->run(*parsed);
}

// Whether programs read what this prints: wherever --json stands, also in a line that is wrong.
static bool is_for_programs(const std::vector<std::string>& given) {
    if (given.empty()) return false;
    const auto& all = commands();
    auto found = std::find_if(all.begin(), all.end(), [&](const command& c) { return c.name == given[0]; });
    auto parsed = found == all.end() ? error(usage_errc::bad_words)
                                     : parse_arguments({given.begin() + 1, given.end()}, found->takes);
    return parsed ? parsed->has("--json") : std::count(given.begin(), given.end(), "--json") > 0;
}

int run_command_line(const std::vector<std::string>& words) {
    begin_answer();
    auto given = name_first(words);
    int code = exit_failed;
    try {
        code = carry_out(given);
    } catch (const std::exception& e) {
        auto message = std::string("broken invariant: ") + e.what();
        tell_error("", "landscaper: " + message, message);
    }
    return is_for_programs(given) ? end_answer(code) : code;
}

}  // namespace landscaper::cli
