// Whether the real Nix is there, for tests that need it.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>

inline bool has_nix() {
    return std::system("nix-instantiate --version > /dev/null 2>&1") == 0;
}

#define WITH_NIX                                        \
    if (!has_nix()) {                                   \
        MESSAGE("skipped: no nix-instantiate in PATH"); \
        return;                                         \
    }
