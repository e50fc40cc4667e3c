#include "landscaper/tui/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

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

std::string since_text(control::unix_ms now, control::unix_ms at) {
    return at == 0 ? "-" : age_text(now - at, true);
}

std::string clock_text(control::unix_ms at) {
    auto seconds = static_cast<std::time_t>(at / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[16];
    std::strftime(text, sizeof text, "%H:%M:%S", &parts);
    return text;
}

std::vector<std::string> wrapped(std::string_view text, int width) {
    std::vector<std::string> out;
    auto limit = static_cast<std::size_t>(std::max(width, 10));
    while (!text.empty()) {
        auto take = text.size() <= limit ? text.size() : text.rfind(' ', limit);
        if (take == std::string_view::npos || take == 0) take = limit;
        out.emplace_back(text.substr(0, take));
        text.remove_prefix(take);
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    }
    return out;
}

std::string amount_text(std::uint64_t bytes) {
    char text[32];
    auto number = static_cast<double>(bytes);
    if (bytes < 1'000'000) {
        std::snprintf(text, sizeof text, "%.0f kB", number / 1e3);
    } else if (bytes < 1'000'000'000) {
        std::snprintf(text, sizeof text, "%.1f MB", number / 1e6);
    } else {
        std::snprintf(text, sizeof text, "%.2f GB", number / 1e9);
    }
    return text;
}

static std::string quantity_text(std::uint64_t amount, const std::string& unit) {
    return unit == "bytes" ? amount_text(amount) : std::to_string(amount) + " " + unit;
}

// "51% 12.0 MB/s eta 5s", as far as it is known.
static std::string progress_rate(const control::progress_view& progress) {
    std::string out;
    auto add = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    if (progress.total) {
        auto share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
        add(std::to_string(static_cast<int>(std::min(share, 1.0) * 100)) + "%");
    }
    if (progress.per_second) add(quantity_text(progress.per_second, progress.unit) + "/s");
    if (progress.eta_seconds >= 0) add("eta " + age_text(progress.eta_seconds * 1000, true));
    return out;
}

std::string numbers_of(const control::progress_view& progress) {
    if (progress.unit.empty()) return {};
    auto rate = progress_rate(progress);
    auto numbers = quantity_text(progress.done, progress.unit);
    if (progress.total) numbers += " of " + quantity_text(progress.total, progress.unit);
    return rate.empty() ? numbers : rate + ", " + numbers;
}

std::string note_of(const control::host_view& host) {
    if (host.phase == "ok" && host.sentence.empty() && host.generation)
        return "generation " + std::to_string(host.generation);
    if (host.condition != "run" || host.progress.unit.empty() || host.phase == "ok") return host.sentence;
    auto numbers = numbers_of(host.progress);
    return host.sentence.empty() ? numbers : numbers + ": " + host.sentence;
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

char mark_of(const control::deployment_view& deployment) {
    const auto& now = deployment.condition;
    if (now == "FAILED") return '!';
    if (now == "run") return '>';
    if (now == "person" || now == "wait") return '.';
    return now == "ok" ? '+' : '-';
}

colour paint_of(const control::deployment_view& deployment) {
    switch (mark_of(deployment)) {
        case '!': return colour::red;
        case '+': return colour::green;
        case '>': return colour::yellow;
        case '.': return colour::blue;
        default: return colour::normal;
    }
}

std::string counts_of(const control::deployment_view& deployment) {
    std::string out;
    // Trouble first: the right end may be cut.
    for (const auto* state :
         {"failed", "cancelled", "person", "waiting", "running", "ready", "blocked", "done", "orphan"}) {
        auto found = deployment.count.find(state);
        if (found == deployment.count.end() || found->second == 0) continue;
        out += (out.empty() ? "" : ", ") + std::to_string(found->second) + " " + state;
    }
    return out.empty() ? "nothing declared" : out;
}

}  // namespace landscaper::tui
