// inventory.yaml as it is now: read at start, and again whenever its content differs. A bad file changes
// nothing but the problems on the screen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/inventory/parse.hpp"

namespace landscaper::daemon {

// What is to be done where there is none.
inline constexpr const char* no_inventory =
    "make one with `landscaper init`, or name its folder with --network";

// inventory::parse(), and whether what it names of other parts exists: resource types.
inventory::parsed parse_inventory(const std::string& text, const std::string& file);

// Reads `folder`/inventory.yaml. A missing, unreadable or empty file is one problem.
inventory::parsed read_inventory(const std::string& folder);

// Calls `good` or `bad` for each new content; until cancelled. Watches the folder with inotify, since editors
// replace the file, and looks every 2 s besides, for network file systems.
task<> watch_inventory(std::string folder, std::function<task<>(inventory::rack)> good,
                       std::function<void(const inventory::problems&)> bad);

}  // namespace landscaper::daemon
