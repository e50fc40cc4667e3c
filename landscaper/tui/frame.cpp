#include "landscaper/tui/frame.hpp"

#include <algorithm>

namespace landscaper::tui {

frame::frame(int columns, int rows)
    : columns_(std::max(columns, 1)),
      rows_(std::max(rows, 1)),
      cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {}

void frame::put(int row, int column, std::string_view text, colour paint) {
    if (row < 0 || row >= rows_) return;
    for (std::size_t i = 0; i < text.size() && column < columns_; ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) == 0x80) continue;  // the rest of a UTF-8 sequence that already became '?'
        auto index = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                     static_cast<std::size_t>(column);
        if (column >= 0) cells_[index] = {byte < 0x20 || byte > 0x7e ? '?' : text[i], paint};
        ++column;
    }
}

void frame::fill(int row, colour paint) {
    if (row < 0 || row >= rows_) return;
    for (int column = 0; column < columns_; ++column) {
        auto& c = cells_[static_cast<std::size_t>(row * columns_ + column)];
        c.paint = paint;
    }
}

const cell& frame::at(int row, int column) const {
    return cells_[static_cast<std::size_t>(row * columns_ + column)];
}

std::string frame::text() const {
    std::string out;
    for (int row = 0; row < rows_; ++row) {
        std::string line;
        for (int column = 0; column < columns_; ++column) line += at(row, column).character;
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace landscaper::tui
