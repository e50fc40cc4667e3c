#include "landscaper/base/printable.hpp"

#include <cstdint>

namespace landscaper::text {

// Length of the well-formed UTF-8 sequence at the front (Unicode table 3-7), 0 when there is none.
static std::size_t sequence_length(std::string_view text) {
    auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    auto in = [&](std::size_t i, unsigned low, unsigned high) { return at(i) >= low && at(i) <= high; };
    unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return in(1, 0x80, 0xbf) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        unsigned low = first == 0xe0 ? 0xa0 : 0x80;
        unsigned high = first == 0xed ? 0x9f : 0xbf;
        return in(1, low, high) && in(2, 0x80, 0xbf) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        unsigned low = first == 0xf0 ? 0x90 : 0x80;
        unsigned high = first == 0xf4 ? 0x8f : 0xbf;
        return in(1, low, high) && in(2, 0x80, 0xbf) && in(3, 0x80, 0xbf) ? 4 : 0;
    }
    return 0;
}

// C0 and DEL are one byte, C1 controls two (U+0080 to U+009F): a terminal obeys all of them.
static bool is_control(std::string_view sequence) {
    auto first = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
    return first == 0xc2 && static_cast<std::uint8_t>(sequence[1]) < 0xa0;
}

static void append_escaped(std::string& out, std::string_view raw) {
    static constexpr char digits[] = "0123456789abcdef";
    for (char c : raw) {
        auto byte = static_cast<std::uint8_t>(c);
        out += "\\x";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
}

std::string printable(std::string_view text, std::size_t max_bytes) {
    std::string out;
    while (!text.empty()) {
        std::string piece;
        auto length = sequence_length(text);
        auto front = text.substr(0, length ? length : 1);
        if (front == "\n" || front == "\r" || front == "\t") {
            piece = " ";
        } else if (!length || is_control(front)) {
            append_escaped(piece, front);
        } else {
            piece = front;
        }
        if (out.size() + piece.size() > max_bytes) return out + "...";
        out += piece;
        text.remove_prefix(front.size());
    }
    return out;
}

}  // namespace landscaper::text
