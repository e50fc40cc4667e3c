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
    std::function<result<control::snapshot>()> current;
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

// Shows the rack until q, a verdict, a signal, or until serve is gone. Returns the exit code.
result<int> run(const source& from);

}  // namespace landscaper::tui
