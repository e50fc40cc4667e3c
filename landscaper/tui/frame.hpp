// A screenful of text with attributes: what screens render and the terminal paints. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace landscaper::tui {

enum class colour : std::uint8_t { normal, green, yellow, red, blue, cyan, reverse, bold };

// Printable ASCII: every terminal has it, and one byte is one column.
struct cell {
    char character = ' ';
    colour paint = colour::normal;
    friend bool operator==(const cell&, const cell&) = default;
};

class frame {
  public:
    // At least one cell, whatever is asked.
    frame(int columns, int rows);

    int columns() const { return columns_; }
    int rows() const { return rows_; }
    // Writes from (row, column), cut at the right edge; bytes beyond ASCII show as '?'. Rows outside are
    // ignored.
    void put(int row, int column, std::string_view text, colour paint = colour::normal);
    // Paints a whole row; its characters stay.
    void fill(int row, colour paint);
    const cell& at(int row, int column) const;
    // The characters, rows ended by "\n", trailing blanks cut: for tests.
    std::string text() const;

    friend bool operator==(const frame&, const frame&) = default;

  private:
    int columns_, rows_;
    std::vector<cell> cells_;
};

}  // namespace landscaper::tui
