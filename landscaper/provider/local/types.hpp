// The four local types; made only by add_to().
#pragma once

#include <memory>

#include "landscaper/engine/state_files.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

std::shared_ptr<resource_type> make_file();  // writes a file, whole
std::shared_ptr<resource_type> make_exec();  // runs a program and keeps what it prints
std::shared_ptr<resource_type> make_memo();  // keeps its first value for ever
std::shared_ptr<resource_type> make_state_file(
    std::shared_ptr<engine::state_files> files);  // NixOps4's state in a file

}  // namespace landscaper::provider::local
