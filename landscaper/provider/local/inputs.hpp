// What the inputs of the local types have in common.
#pragma once

#include <string>

#include "landscaper/provider/inputs.hpp"

namespace landscaper::provider::local {

// A file's name, from `folder` when it is relative; as it is when `folder` is empty.
std::string name_in(const std::string& folder, std::string name);

}  // namespace landscaper::provider::local
