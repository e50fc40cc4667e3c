// The closure of a store path as Nix reports it: paths and sizes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::nix {

struct closure {
    std::map<std::string, std::uint64_t> sizes;  // store path -> NAR bytes
    std::uint64_t nar_size() const;              // bytes, of all paths
};

// `nix path-info -r --json`: an array of objects (until 2.18) or an object by path (2.19 and newer).
result<closure> parse_path_info(std::string_view json);

}  // namespace landscaper::nix
