// The root expression of a rack's folder as text: which file it is, and whether anything that it may read has
// changed.
#pragma once

#include <string>

#include "landscaper/nix/root/question.hpp"

namespace landscaper::daemon {

struct root_text {
    nix::root::origin origin;  // both empty: there is none
    std::string name;          // nixops4.nix or flake.nix
    std::string digest;        // of everything in the folder that an expression is made of
    bool is_there() const { return !name.empty(); }
};

// nixops4.nix, else flake.nix. Looks at *.nix, *.json and *.lock, 8 folders deep and 2000 files wide.
root_text read_root(const std::string& folder);

}  // namespace landscaper::daemon
