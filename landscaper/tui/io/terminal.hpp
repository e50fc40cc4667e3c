// The terminal side of `landscaper watch`: ncurses, keys, resizes. Paints frames that landscaper/tui renders;
// where snapshots come from and what verbs do is handed in.
#pragma once

#include <functional>
#include <string>

#include "landscaper/control/snapshot.hpp"

namespace landscaper::tui {

// Whether the terminal on stdin and stdout can place text (`cup`); a dumb one gets lines instead.
bool can_paint();

struct source {
    // Calls `each` per published snapshot and `idle` when `input` is readable or time passed, until one is
    // false.
    std::function<result<void>(const std::function<bool(const control::snapshot&)>& each,
                               const std::function<bool()>& idle, int input)>
        follow;
    // Asks serve for a verb on a host; its sentence.
    std::function<result<std::string>(const std::string& host, const std::string& verb)> act;
    // The exit code that ends the console, or -1; may be empty.
    std::function<int(const control::snapshot&)> verdict;
};

// Shows the rack until q, a verdict or a signal; returns the exit code: the verdict's, 1 when a verdict was
// asked for and did not come. When serve goes away the last picture stays and it is asked again each second,
// without end, but for at most 30 s when a verdict is awaited. Fails at once when no serve answers the first
// time.
result<int> run(const source& from);

}  // namespace landscaper::tui
