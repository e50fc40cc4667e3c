// The `local` family: file, exec, memo and state_file, with the inputs and outputs of NixOps4's own local
// provider.
#pragma once

#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

void add_to(registry& types);

}  // namespace landscaper::provider::local
