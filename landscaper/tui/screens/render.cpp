#include "landscaper/tui/screens/screens.hpp"

namespace landscaper::tui {

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
