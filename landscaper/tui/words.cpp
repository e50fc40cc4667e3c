#include "landscaper/tui/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace landscaper::tui {

std::string age_text(std::int64_t milliseconds, bool coarse) {
    if (milliseconds < 0) return "-";
    auto seconds = milliseconds / 1000;
    if (coarse && seconds >= 60) seconds -= seconds % 10;
    char text[32];
    if (milliseconds < 1000 && !coarse) {
        std::snprintf(text, sizeof text, "%dms", static_cast<int>(milliseconds));
    } else if (seconds < 60) {
        std::snprintf(text, sizeof text, "%ds", static_cast<int>(seconds));
    } else if (seconds < 3600) {
        std::snprintf(text, sizeof text, "%dm%02d", static_cast<int>(seconds / 60),
                      static_cast<int>(seconds % 60));
    } else {
        std::snprintf(text, sizeof text, "%dh%02d", static_cast<int>(seconds / 3600),
                      static_cast<int>(seconds / 60 % 60));
    }
    return text;
}

std::string amount_text(std::uint64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
    return text;
}

std::string note_of(const control::host_view& host) {
    if (host.condition != "run" || host.progress.unit.empty() || host.phase == "ok") return host.sentence;
    auto numbers = amount_text(host.progress.done);
    if (host.progress.total) numbers += " of " + amount_text(host.progress.total);
    if (host.progress.per_second) numbers += ", " + amount_text(host.progress.per_second) + "/s";
    if (host.progress.eta_seconds >= 0)
        numbers += ", eta " + age_text(host.progress.eta_seconds * 1000, true);
    return numbers + ": " + host.sentence;
}

// Contract 7's phases in order.
static constexpr std::array<std::string_view, 10> phases{"waiting", "installer", "gate",   "format", "copy",
                                                         "loader",  "reboot",    "rotate", "system", "ok"};

std::string bar_of(const control::host_view& host, int cells) {
    auto found = std::find(phases.begin(), phases.end(), host.phase);
    auto at = found == phases.end() ? 0 : static_cast<int>(found - phases.begin());
    auto filled = cells * at / static_cast<int>(phases.size() - 1);
    return "[" + std::string(static_cast<std::size_t>(filled), '=') +
           std::string(static_cast<std::size_t>(cells - filled), ' ') + "]";
}

char mark_of(const control::host_view& host) {
    if (host.phase == "unmanaged") return '-';
    if (host.condition == "FAILED") return '!';
    if (host.condition == "HOLD") return '=';
    if (host.phase == "ok") return '+';
    if (host.condition == "person") return '.';
    return '>';
}

colour paint_of(const control::host_view& host) {
    switch (mark_of(host)) {
        case '!': return colour::red;
        case '=': return colour::red;
        case '+': return colour::green;
        case '>': return colour::yellow;
        case '.': return colour::blue;
        default: return colour::normal;
    }
}

}  // namespace landscaper::tui
