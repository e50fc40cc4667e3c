// Failures of Nix that say only that somebody else was at the store in the same moment. Pure.
#pragma once

#include <string_view>

namespace landscaper::nix {

// Nix makes a store at its first use, and opens its database, without a lock: of several commands that begin
// together, some end with one of three errors, which the next try does not meet. True when such an error,
// plain or of `--log-format internal-json`, is in what a failed command wrote to stderr; a warning is none.
// Measured with Nix 2.8.0, two commands at once on a store that is not there yet: in four of five trials one
// fails.
bool is_contention(std::string_view err);

}  // namespace landscaper::nix
