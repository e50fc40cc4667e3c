#include "landscaper/base/base64.hpp"

namespace landscaper {

static constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(bytes_view data) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        auto left = data.size() - i;
        std::uint32_t group = std::uint32_t{data[i]} << 16;
        if (left > 1) group |= std::uint32_t{data[i + 1]} << 8;
        if (left > 2) group |= data[i + 2];
        text += alphabet[group >> 18 & 63];
        text += alphabet[group >> 12 & 63];
        text += left > 1 ? alphabet[group >> 6 & 63] : '=';
        text += left > 2 ? alphabet[group & 63] : '=';
    }
    return text;
}

std::optional<bytes> from_base64(std::string_view text) {
    if (text.size() % 4) return std::nullopt;
    std::size_t padding = 0;
    if (text.ends_with("==")) {
        padding = 2;
    } else if (text.ends_with("=")) {
        padding = 1;
    }
    bytes out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < text.size() - padding; ++i) {
        auto value = alphabet.find(text[i]);
        if (value == std::string_view::npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        for (int shift : {16, 8, 0}) out.push_back(static_cast<std::uint8_t>(group >> shift));
        group = 0;
    }
    if (padding == 1) {
        if (group & 3) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(group >> 10));
        out.push_back(static_cast<std::uint8_t>(group >> 2));
    } else if (padding == 2) {
        if (group & 15) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(group >> 4));
    }
    return out;
}

}  // namespace landscaper
