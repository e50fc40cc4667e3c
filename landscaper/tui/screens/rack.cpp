// The main screen: every server in one list, what is wrong with the selected or worst one, the last events.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>

#include "landscaper/tui/screens/screens.hpp"
#include "landscaper/tui/words.hpp"

namespace landscaper::tui {

std::vector<std::string> wrapped(std::string_view text, int width) {
    std::vector<std::string> out;
    auto limit = static_cast<std::size_t>(std::max(width, 10));
    while (!text.empty()) {
        auto take = text.size() <= limit ? text.size() : text.rfind(' ', limit);
        if (take == std::string_view::npos || take == 0) take = limit;
        out.emplace_back(text.substr(0, take));
        text.remove_prefix(std::min(text.size(), take));
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    }
    return out;
}

static std::string clock_text(control::unix_ms at) {
    auto seconds = static_cast<std::time_t>(at / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text;
}

static std::string counts_of(const control::snapshot& shot) {
    std::map<char, int> counts;
    for (const auto& host : shot.hosts) ++counts[mark_of(host)];
    std::string out = std::to_string(shot.hosts.size()) + " hosts:";
    for (auto [mark, word] :
         {std::pair{'+', "ok"}, {'>', "run"}, {'.', "wait"}, {'=', "HOLD"}, {'!', "FAILED"}}) {
        if (counts[mark]) out += " " + std::to_string(counts[mark]) + " " + word;
    }
    if (!shot.unknown.empty()) out += " +" + std::to_string(shot.unknown.size()) + " new";
    return out;
}

static void rule(frame& out, int row) {
    out.put(row, 0, std::string(static_cast<std::size_t>(out.columns()), '-'));
}

static void paint_head(frame& out, const control::snapshot& shot) {
    out.put(0, 1, "landscaper " + shot.site + "  " + counts_of(shot), colour::bold);
    auto right = clock_text(shot.now) + " up " + age_text(shot.now - shot.started, true);
    out.put(0, out.columns() - static_cast<int>(right.size()) - 1, right);
    auto counter = [&](const char* name) {
        auto found = shot.counters.find(name);
        return found == shot.counters.end() ? std::uint64_t{0} : found->second;
    };
    auto line = "out " + amount_text(counter("bytes_out_per_second")) + "/s  tftp " +
                std::to_string(counter("tftp_transfers")) + "  http " +
                std::to_string(counter("http_transfers"));
    if (!shot.dhcp_servers.empty()) line += "  other DHCP: " + shot.dhcp_servers.front();
    out.put(1, 1, line);
    rule(out, 2);
}

static void paint_row(frame& out, int row, const control::snapshot& shot, const control::host_view& host,
                      bool is_selected) {
    bool wide = out.columns() >= 80;
    auto paint = is_selected ? colour::reverse : paint_of(host);
    std::string mac = host.mac.empty() ? "" : host.mac.front();
    char line[256];
    std::snprintf(line, sizeof line, " %c %-10.10s ", mark_of(host), host.name.c_str());
    std::string text = line;
    if (wide) {
        std::snprintf(line, sizeof line, "%-17.17s ", mac.c_str());
        text += line;
    }
    auto word = host.condition == "run" || host.condition == "person" ? host.phase : host.condition;
    std::snprintf(line, sizeof line, "%-9.9s ", word.c_str());
    text += line;
    if (out.columns() >= 60) text += bar_of(host, 9) + " ";
    auto in = age_text(shot.now - host.phase_started, true);
    std::snprintf(line, sizeof line, "%-5.5s ", host.phase == "ok" ? "-" : in.c_str());
    text += line + note_of(host);
    if (is_selected) out.fill(row, colour::reverse);
    out.put(row, 0, text.substr(0, static_cast<std::size_t>(out.columns())), paint);
}

// Problems of the whole rack, else of the selected or worst host: what is wrong and what to do.
static std::vector<std::string> cause_lines(const control::snapshot& shot, const control::host_view* host,
                                            int width) {
    std::string text;
    if (!shot.inventory_problems.empty()) {
        text = shot.inventory_problems.front();
        if (shot.inventory_problems.size() > 1) {
            text += " (and " + std::to_string(shot.inventory_problems.size() - 1) + " more)";
        }
    } else if (!shot.bootd.empty()) {
        text = shot.bootd;
    } else if (host &&
               (host->condition == "HOLD" || host->condition == "FAILED" || host->condition == "person")) {
        text = host->name + ": " + host->sentence;
    } else if (!shot.warnings.empty()) {
        text = shot.warnings.front();
    }
    auto lines = wrapped(text, width - 2);
    if (lines.size() > 4) lines.resize(4);
    return lines;
}

void paint_rack(frame& out, const control::snapshot& shot, const view& v) {
    paint_head(out, shot);
    out.put(3, 0,
            out.columns() >= 80 ? "   HOST       MAC               PHASE     PROGRESS    IN    NOTE"
                                : "   HOST       PHASE",
            colour::bold);
    auto hosts = ordered(shot, v);
    auto selected = std::find_if(hosts.begin(), hosts.end(), [&](auto* h) { return h->name == v.selected; });
    const control::host_view* chosen = selected != hosts.end() ? *selected
                                       : hosts.empty()         ? nullptr
                                                               : hosts.front();
    auto cause = cause_lines(shot, chosen, out.columns());
    int bottom = out.rows() - 1;
    int logs = std::clamp(out.rows() / 5, 3, 12);
    int list_end = bottom - 1 - logs - (cause.empty() ? 0 : static_cast<int>(cause.size()) + 1);
    int row = 4;
    std::size_t first = 0;
    auto at =
        chosen ? static_cast<std::size_t>(std::find(hosts.begin(), hosts.end(), chosen) - hosts.begin()) : 0;
    auto room = static_cast<std::size_t>(std::max(1, list_end - row));
    if (at >= room) first = at - room + 1;
    for (auto i = first; i < hosts.size() && row < list_end; ++i, ++row) {
        paint_row(out, row, shot, *hosts[i], hosts[i]->name == v.selected);
    }
    for (const auto& stranger : shot.unknown) {
        if (row >= list_end) break;
        out.put(row++, 0,
                " ? --         " + stranger.mac + " unknown   " + stranger.client + ", not in the inventory",
                colour::cyan);
    }
    if (!cause.empty()) {
        row = list_end;
        rule(out, row++);
        for (const auto& line : cause) out.put(row++, 1, line, colour::red);
    }
    row = bottom - logs - 1;
    rule(out, row++);
    auto count = std::min(shot.log.size(), static_cast<std::size_t>(logs));
    for (auto i = shot.log.size() - count; i < shot.log.size(); ++i) {
        const auto& line = shot.log[i];
        out.put(row++, 1, clock_text(line.at) + " " + line.host + " " + line.text);
    }
    paint_keys(out, v, "jk move  enter host  f faults  r retry  h hold  u resume  ? help  q quit");
}

void paint_keys(frame& out, const view& v, std::string_view keys) {
    std::string line = v.message.empty() ? std::string(keys) : v.message;
    out.put(out.rows() - 1, 1, line.substr(0, static_cast<std::size_t>(std::max(0, out.columns() - 2))),
            colour::bold);
}

}  // namespace landscaper::tui
