// One function per screen, one file each: each paints a whole frame.
#pragma once

#include <string>
#include <vector>

#include "landscaper/tui/view.hpp"

namespace landscaper::tui {

// The whole screen: the view's one of those below.
frame render(const control::snapshot& shot, const view& v, int columns, int rows);

// How far the view's screen can be scrolled at this size: a key pressed too often is not to be undone as
// often.
int furthest_scroll(const control::snapshot& shot, const view& v, int columns, int rows);

void paint_rack(frame& out, const control::snapshot& shot, const view& v);
void paint_host(frame& out, const control::snapshot& shot, const view& v);
void paint_help(frame& out, const view& v);
// Of the host screen and the help, as wide as that.
std::vector<std::string> host_lines(const control::snapshot& shot, const view& v, int columns);
std::vector<std::string> help_lines(int columns);
// Rows beneath what stands above them, and above the keys.
constexpr int host_head = 2, help_head = 1, keys_foot = 1;

// The last row: keys, or what serve answered to the last one.
void paint_keys(frame& out, const view& v, std::string_view keys);

}  // namespace landscaper::tui
