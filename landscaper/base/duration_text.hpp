// Spans of time as people write them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace landscaper {

// "90s", "10m", "1h", "2d": a whole number from 1 on and one unit, at most 366 days; none for anything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace landscaper
