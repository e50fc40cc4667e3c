// The sentences that an operator reads about an inventory.
#pragma once

#include "landscaper/inventory/parse.hpp"

namespace landscaper::inventory {

inline std::string problems_of(std::string_view written) {
    auto read = parse(written, "i");
    return read ? "none" : text(read.error());
}

}  // namespace landscaper::inventory
