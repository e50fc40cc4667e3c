#include "landscaper/cli/arguments.hpp"

#include <algorithm>

namespace landscaper::cli {

const char* describe(usage_errc code) {
    switch (code) {
        case usage_errc::unknown_option: return "unknown option";
        case usage_errc::needs_value: return "needs a value";
        case usage_errc::bad_words: return "wrong number of arguments";
        case usage_errc::bad_value: return "not a value of this option";
    }
    return "unknown error";
}

std::string arguments::value(const std::string& name, const std::string& otherwise) const {
    auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
}

static const std::set<std::string> common_values{"--network", "--state", "--socket"};
static const std::set<std::string> common_flags{"--json", "--help"};

std::vector<std::string> name_first(std::vector<std::string> given) {
    std::size_t at = 0;
    while (at < given.size()) {
        auto name = given[at].substr(0, given[at].find('='));
        if (!common_values.contains(name) && given[at] != "--json") break;
        at += name == given[at] && name != "--json" ? 2 : 1;
    }
    if (at >= given.size()) return given;
    std::rotate(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(at),
                given.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    return given;
}

static std::string counted(std::size_t given, const syntax& allowed) {
    auto wanted = std::to_string(allowed.least_words);
    if (allowed.most_words != allowed.least_words) wanted += " to " + std::to_string(allowed.most_words);
    return std::to_string(given) + " given, " + wanted + " wanted";
}

result<arguments> parse_arguments(const std::vector<std::string>& given, const syntax& allowed) {
    arguments out;
    bool only_words = false;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto& word = given[i];
        if (only_words || out.words.size() >= allowed.last_own || !word.starts_with("-") || word == "-") {
            out.words.push_back(word);
            continue;
        }
        if (word == "--") {
            only_words = true;
            continue;
        }
        auto equals = word.find('=');
        auto name = word.substr(0, equals);
        if (name == "-o") name = "--output";
        if (name == "-h") name = "--help";
        if (allowed.valued.contains(name) || common_values.contains(name)) {
            if (equals == std::string::npos && i + 1 == given.size())
                return error(usage_errc::needs_value, name);
            out.values[name] = equals == std::string::npos ? given[++i] : word.substr(equals + 1);
        } else if (equals == std::string::npos &&
                   (allowed.flags.contains(name) || common_flags.contains(name))) {
            out.flags.insert(name);
        } else {
            return error(usage_errc::unknown_option, word);
        }
    }
    if (out.has("--help")) return out;
    if (out.words.size() < allowed.least_words || out.words.size() > allowed.most_words) {
        return error(usage_errc::bad_words, counted(out.words.size(), allowed));
    }
    return out;
}

}  // namespace landscaper::cli
