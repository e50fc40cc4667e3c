// "Did you mean": the one known name that a mistyped one was probably meant to be. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace landscaper {

// The name of `known` (lower case) that `written` was probably meant to be; empty when none is near.
std::string nearest(std::string_view written, const std::vector<std::string>& known);

// `did you mean "NAME"?`; empty when none is near.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

}  // namespace landscaper
