// Whether the real Nix is there, for tests and benchmarks that need it.
#pragma once

#include <cstdlib>

inline bool has_nix() {
    return std::system("nix-instantiate --version > /dev/null 2>&1") == 0;
}

// In a doctest case.
#define WITH_NIX                                        \
    if (!has_nix()) {                                   \
        MESSAGE("skipped: no nix-instantiate in PATH"); \
        return;                                         \
    }
