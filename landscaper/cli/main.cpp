// The entry of `landscaper`: finds the command, checks its arguments, runs it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "landscaper/cli/command.hpp"

using namespace landscaper::cli;

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
        "--socket FILE (default /run/landscaper/control.sock), --json where something is read, --help.\n"
        "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 waits for a person, 4 (plan) would change.");
}

static int run(int argc, char** argv) {
    auto given = name_first({argv + 1, argv + argc});
    if (given.empty() || given[0] == "--help" || given[0] == "-h" || given[0] == "help") {
        print_help();
        return given.empty() ? exit_usage : exit_done;
    }
    auto name = given[0];
    given.erase(given.begin());
    const auto& all = commands();
    auto found = std::find_if(all.begin(), all.end(), [&](const command& c) { return c.name == name; });
    if (found == all.end()) {
        std::fprintf(stderr, "landscaper: no command %s; see landscaper --help\n", name.c_str());
        return exit_usage;
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

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "landscaper: broken invariant: %s\n", e.what());
        return exit_failed;
    }
}
