// The four local types; made only by add_to(). Relative names start in `folder`.
#pragma once

#include <memory>

#include "landscaper/engine/state_files.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

std::shared_ptr<resource_type> make_file(std::string folder);  // writes a file, whole
std::shared_ptr<resource_type> make_exec(std::string folder);  // runs a program and keeps what it prints
std::shared_ptr<resource_type> make_memo();                    // keeps its first value for ever
std::shared_ptr<resource_type> make_state_file(std::shared_ptr<engine::state_files> files,
                                               std::string folder);  // NixOps4's state in a file

}  // namespace landscaper::provider::local
