// One function per screen, one file each: each paints a whole frame.
#pragma once

#include "landscaper/tui/view.hpp"

namespace landscaper::tui {

// The whole screen: the view's one of those below.
frame render(const control::snapshot& shot, const view& v, int columns, int rows);

void paint_rack(frame& out, const control::snapshot& shot, const view& v);
void paint_host(frame& out, const control::snapshot& shot, const view& v);
void paint_help(frame& out, const view& v);

// The last row: keys, or what serve answered to the last one.
void paint_keys(frame& out, const view& v, std::string_view keys);

}  // namespace landscaper::tui
