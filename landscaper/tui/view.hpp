// What a person has done to the screen: the selected host, which screen, which filter. And the keys, as
// values.
#pragma once

#include <string>
#include <string_view>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/tui/frame.hpp"

namespace landscaper::tui {

enum class screen { rack, host, help };

struct view {
    tui::screen screen = screen::rack;
    std::string selected;  // host name; empty = the first row
    bool faults_only = false;
    int scroll = 0;  // lines of the host screen or the help; whoever paints knows where it ends
    bool quit = false;
    std::string message;  // shown instead of the keys until the next one
    friend bool operator==(const view&, const view&) = default;
};

enum class key {
    none,
    up,
    down,
    page_up,
    page_down,
    enter,
    back,
    faults,
    help,
    retry,
    hold,
    resume,
    quit,
    repaint
};

// What a key does to the view. Verbs (retry, hold, resume) are returned as the word for the control socket,
// empty for keys that only move. A verb needs a host that was selected before: never one that nobody chose.
std::string on_key(view& v, key pressed, const control::snapshot& shot);

// The hosts as the list shows them: problems first, then running, waiting, done; by name inside a group.
std::vector<const control::host_view*> ordered(const control::snapshot& shot, const view& v);

}  // namespace landscaper::tui
