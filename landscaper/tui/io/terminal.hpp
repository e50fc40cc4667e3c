// The terminal side of `landscaper watch`: ncurses, keys, resizes. Paints frames that landscaper/tui renders.
#pragma once

#include <functional>

#include "landscaper/control/io/client.hpp"

namespace landscaper::tui {

// Whether the terminal on stdin and stdout can place text (`cup`); a dumb one gets lines instead.
bool can_paint();

// Shows the rack until q, until `verdict` says an exit code that is not negative, or until serve is gone.
// Returns the exit code.
result<int> run(const control::client& from, const std::function<int(const control::snapshot&)>& verdict);

}  // namespace landscaper::tui
