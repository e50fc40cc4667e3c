// One function per screen, one file each: each paints a whole frame.
#pragma once

#include "landscaper/tui/view.hpp"

namespace landscaper::tui {

// The whole screen: the view's one of those below.
frame render(const control::snapshot& shot, const view& v, int columns, int rows);

void paint_rack(frame& out, const control::snapshot& shot, const view& v);
void paint_host(frame& out, const control::snapshot& shot, const view& v);
void paint_help(frame& out);

// The last row: keys, or what serve answered to the last one. Never the last cell, which scrolls some
// terminals.
void paint_keys(frame& out, const view& v, std::string_view keys);
// Text broken at blanks into lines of at most `width`.
std::vector<std::string> wrapped(std::string_view text, int width);

}  // namespace landscaper::tui
