// The `local` family: file, exec, memo and state_file, with the inputs and outputs of NixOps4's own local
// provider.
#pragma once

#include <memory>

#include "landscaper/engine/state_files.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

// `files`: engine::state_files_on_disk(); without them there is no state_file.
void add_to(registry& types, std::shared_ptr<engine::state_files> files = {});

}  // namespace landscaper::provider::local
