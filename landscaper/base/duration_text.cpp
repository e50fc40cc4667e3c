#include "landscaper/base/duration_text.hpp"

#include <charconv>

namespace landscaper {

static std::optional<std::uint32_t> seconds_of(std::string_view unit) {
    if (unit == "s") return 1;
    if (unit == "m") return 60;
    if (unit == "h") return 3600;
    if (unit == "d") return 86400;
    return std::nullopt;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    std::uint32_t number = 0;
    const auto* last = text.data() + text.size();
    auto [end, failed] = std::from_chars(text.data(), last, number);
    auto unit = seconds_of({end, static_cast<std::size_t>(last - end)});
    if (failed != std::errc{} || !unit || number == 0) return std::nullopt;
    auto out = std::chrono::seconds(std::uint64_t{number} * *unit);
    if (out > std::chrono::days(366)) return std::nullopt;
    return out;
}

}  // namespace landscaper
