// The root expression of a deployment as text: which file it is, and whether anything that it may read has
// changed.
#pragma once

#include <string>

#include "landscaper/nix/root/question.hpp"

namespace landscaper::daemon {

// Where a root expression is looked for.
struct root_place {
    std::string folder;       // the rack's
    std::string deployment;   // empty: the rack's own
    std::string given;        // `root:` of the inventory; empty: where it is without that key
    bool is_nowhere = false;  // there is none, and none is missing: the deployment is no longer declared
    friend bool operator==(const root_place&, const root_place&) = default;
};

struct root_text {
    nix::root::origin origin;  // both empty: there is none
    std::string name;          // nixops4.nix, flake.nix, deployments/foo/nixops4.nix, .#foo
    std::string folder;        // where relative names in it start: its file's, else the rack's
    std::string digest;        // of everything that an expression there is made of
    std::string missing;       // why there is none, where one has to be
    bool is_there() const { return !name.empty(); }
};

// The rack's: nixops4.nix, else flake.nix. A deployment's: `given`, else deployments/NAME/nixops4.nix, else
// deployments/NAME.nix. Its digest is of its own folder and of the rack's without other deployments'. Looks
// at *.nix, *.json and *.lock, 8 folders deep and 2000 files wide.
root_text read_root(const root_place& where);

// Which folder's relative names of a deployment's resources start in, whether its root is there or not.
std::string root_folder(const root_place& where);

}  // namespace landscaper::daemon
