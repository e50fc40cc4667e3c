#include <algorithm>

#include "landscaper/tui/screens/screens.hpp"

namespace landscaper::tui {

int furthest_scroll(const control::snapshot& shot, const view& v, int columns, int rows) {
    auto beyond = [&](const std::vector<std::string>& lines, int head) {
        return std::max(0, static_cast<int>(lines.size()) - std::max(0, rows - head - keys_foot));
    };
    switch (v.screen) {
        case screen::rack: return 0;
        case screen::host: return beyond(host_lines(shot, v, columns), host_head);
        case screen::help: return beyond(help_lines(columns), help_head);
    }
    return 0;
}

frame render(const control::snapshot& shot, const view& v, int columns, int rows) {
    // A serial line that never was told its size says 0x0.
    frame out(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
    switch (v.screen) {
        case screen::rack: paint_rack(out, shot, v); break;
        case screen::host: paint_host(out, shot, v); break;
        case screen::help: paint_help(out, v); break;
    }
    return out;
}

}  // namespace landscaper::tui
