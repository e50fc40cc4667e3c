// When resources were last put right without anybody asking, on disk: the limit of one repair an hour holds
// over a restart. Blocking, milliseconds.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/path.hpp"

namespace landscaper::engine {

using wall_time = std::chrono::system_clock::time_point;
using repair_times = std::map<path, wall_time>;

// Nothing when there is no such file.
result<repair_times> read_repairs(const std::string& file);
// Durable when it returns (0600).
result<void> write_repairs(const std::string& file, const repair_times& all);

}  // namespace landscaper::engine
