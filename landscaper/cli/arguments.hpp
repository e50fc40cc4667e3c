// The command line: words, --options and their values. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::cli {

enum class usage_errc {
    unknown_option = 1,  // not an option of this command
    needs_value,         // an option without its value
    bad_words,           // too few or too many words
    bad_value,           // an option's value is not what it takes
};
const char* describe(usage_errc code);

// What a command takes: options with a value, options without, and how many words. Behind `last_own` words
// everything is a word: `landscaper ssh px01 ls -l`.
struct syntax {
    std::set<std::string> valued;
    std::set<std::string> flags;
    std::size_t least_words = 0;
    std::size_t most_words = 0;
    std::size_t last_own = static_cast<std::size_t>(-1);
};

struct arguments {
    std::vector<std::string> words;
    std::map<std::string, std::string> values;
    std::set<std::string> flags;

    bool has(const std::string& flag) const { return flags.contains(flag); }
    std::string value(const std::string& name, const std::string& otherwise) const;
};

// Moves options of every command that stand before its name behind it: `landscaper --socket S ssh px01 ls`
// asks the same as `landscaper ssh --socket S px01 ls`. An empty list stays empty.
std::vector<std::string> name_first(std::vector<std::string> given);

// "--name value" and "--name=value"; "--" ends the options. --network, --state, --socket, --json and --help
// are taken by every command.
result<arguments> parse_arguments(const std::vector<std::string>& given, const syntax& allowed);

}  // namespace landscaper::cli

LANDSCAPER_ERROR_ENUM(landscaper::cli, usage_errc, "usage")
