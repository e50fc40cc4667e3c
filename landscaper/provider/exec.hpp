// What the exec types have in common, wherever their program runs: `once`, and standard output as the output.
#pragma once

#include <optional>
#include <string>

#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

// bad_input when `once` is no boolean, needs_state when it is true and nothing is recorded for the resource.
result<void> check_once(std::string_view dotted_name, const request& r);

// What an update of a resource with `once` answers without running anything: what is recorded.
std::optional<engine::value> kept_by_once(const request& r);

// {stdout}; `failed` when it is not UTF-8, which JSON cannot hold. `program` is for the message.
result<engine::value> printed_outputs(const std::string& program, std::string printed);

}  // namespace landscaper::provider
