// Inputs of our types, read with errors that name type and input.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "landscaper/engine/resource.hpp"

namespace landscaper::provider {

// Checks the names against the table of types; unknown_type when that does not have it.
result<void> check_inputs(std::string_view dotted_name, const engine::value& inputs);
// An input that may be left out; null is the same.
const nlohmann::json* given(const engine::value& inputs, const char* input);
result<std::string> text_of(std::string_view dotted_name, const engine::value& inputs, const char* input);

}  // namespace landscaper::provider
