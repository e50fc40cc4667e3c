#include "landscaper/nix/contention.hpp"

#include <algorithm>
#include <array>

namespace landscaper::nix {

namespace {

// What stands before and behind the name of a file, which may be coloured.
struct sentence {
    std::string_view begin, end;
};
constexpr std::array sentences{
    sentence{"SQLite database ", " is busy"},
    sentence{"/nix/var/nix/db/schema", " is corrupt"},
    sentence{"/nix/var/nix/gcroots/profiles", "File exists"},
};

// Also within the JSON of `--log-format internal-json`, whose level is 0 for warnings as well.
bool is_error(std::string_view line) {
    return line.find("error:") != line.npos;
}

bool has(std::string_view line, const sentence& what) {
    auto at = line.find(what.begin);
    return at != line.npos && line.find(what.end, at) != line.npos;
}

}  // namespace

bool is_contention(std::string_view err) {
    while (!err.empty()) {
        auto line = err.substr(0, err.find('\n'));
        err.remove_prefix(std::min(err.size(), line.size() + 1));
        if (!is_error(line)) continue;
        if (std::ranges::any_of(sentences, [&](const sentence& one) { return has(line, one); })) return true;
    }
    return false;
}

}  // namespace landscaper::nix
