// What Nix said to a question: findings from stdout, needs and errors from the log lines on stderr.
// Everything is checked, since users' expressions run in between. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/nix/root/complaint.hpp"
#include "landscaper/nix/root/question.hpp"

namespace landscaper::nix::root {

// A value and what must exist before it means anything: derivations to be built (by their outputs) and paths
// that are there already.
struct told {
    value said;
    std::map<std::string, std::set<std::string>> derivations;
    std::set<std::string> paths;
    friend bool operator==(const told&, const told&) = default;
};

struct finding {
    item about;
    std::optional<told> value;
    std::vector<output_ref> needs;  // outputs without which nothing can be said
    std::string error;              // or why nothing ever will be; both empty: failed, and Nix can say why
    friend bool operator==(const finding&, const finding&) = default;
};

struct answer {
    std::vector<finding> findings;
    // The evaluation ended with this; then there are no findings.
    std::optional<complaint> failure;
    std::optional<item> culprit;      // what it was at, when it was at anything
    std::vector<output_ref> needs;    // that the culprit met before
    std::vector<std::string> traces;  // builtins.trace of the user's, warnings
};

// bad_output when Nix printed something else than the expression makes.
result<answer> parse_answer(std::string_view out, std::string_view err, bool is_success);

}  // namespace landscaper::nix::root
