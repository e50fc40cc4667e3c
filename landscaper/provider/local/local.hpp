// The `local` family: file, exec, memo and state_file, with the inputs and outputs of NixOps4's own local
// provider.
#pragma once

#include <memory>
#include <string>

#include "landscaper/engine/state_files.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

// `files`: engine::state_files_on_disk(); without them there is no state_file. Relative names start in
// `folder`, and programs run there; empty = this process's own. Again replaces what was added.
void add_to(registry& types, std::shared_ptr<engine::state_files> files = {}, const std::string& folder = {});

}  // namespace landscaper::provider::local
