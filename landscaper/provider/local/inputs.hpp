// Inputs of the local types, read with errors that name type and input.
#pragma once

#include <string>

#include "landscaper/provider/provider.hpp"

namespace landscaper::provider::local {

// Checks the names against the table of types.
result<void> check(std::string_view dotted_name, const engine::value& inputs);
// A file's name, from `folder` when it is relative; as it is when `folder` is empty.
std::string name_in(const std::string& folder, std::string name);
result<std::string> text_of(std::string_view dotted_name, const engine::value& inputs, const char* input);

}  // namespace landscaper::provider::local
