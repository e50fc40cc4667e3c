// One host: who it is, how its phases went, every step with its time and proof, the last lines of its log.
#include <algorithm>
#include <cstdio>

#include "landscaper/tui/screens/screens.hpp"
#include "landscaper/tui/words.hpp"

namespace landscaper::tui {

static std::vector<std::string> lines_of(const control::snapshot& shot, const control::host_view& host,
                                         int width) {
    std::vector<std::string> out;
    for (auto& line : wrapped(note_of(host), width - 2)) out.push_back(line);
    std::string macs;
    for (const auto& mac : host.mac) macs += " " + mac;
    out.push_back("mac" + macs + "  ip " + host.ip + "  " + host.firmware + "  role " + host.role);
    if (!host.permanent_key.empty()) out.push_back("pinned     " + host.permanent_key);
    if (!host.temporary_key.empty()) out.push_back("temporary  " + host.temporary_key);
    if (host.generation) out.push_back("generation " + std::to_string(host.generation) + " " + host.toplevel);
    std::string timeline = "phases:";
    for (const auto& phase : host.phases) {
        auto end = phase.ended ? phase.ended : shot.now;
        timeline +=
            " " + phase.phase + (phase.phase == "ok" ? "" : " " + age_text(end - phase.started)) + ",";
    }
    timeline.pop_back();
    for (auto& line : wrapped(timeline, width - 2)) out.push_back(line);
    for (const auto& step : host.steps) {
        char line[256];
        auto took =
            step.proof ? age_text(step.proof - step.intent) : age_text(shot.now - step.intent) + " ...";
        std::snprintf(line, sizeof line, "%c %-12.12s %-10s %s", step.proof ? '+' : '>', step.step.c_str(),
                      took.c_str(), step.proof_text.substr(0, 120).c_str());
        out.emplace_back(line);
    }
    for (const auto& line : host.log) out.push_back("| " + line);
    return out;
}

void paint_host(frame& out, const control::snapshot& shot, const view& v) {
    auto hosts = ordered(shot, view{});
    auto found = std::find_if(hosts.begin(), hosts.end(), [&](auto* h) { return h->name == v.selected; });
    if (found == hosts.end()) {
        out.put(0, 1, "no host " + v.selected);
        return paint_keys(out, v, "esc back  q quit");
    }
    const auto& host = **found;
    out.put(0, 1,
            host.name + "  " + host.phase + "  " + host.condition + "  attempt " +
                std::to_string(host.attempt) + ", " + since_text(shot.now, host.attempt_started) + " old",
            paint_of(host));
    auto lines = lines_of(shot, host, out.columns());
    auto room = std::max(0, out.rows() - 3);
    auto most = std::max(0, static_cast<int>(lines.size()) - room);
    auto first = std::min(v.scroll, most);
    for (int row = 0; row < room && first + row < static_cast<int>(lines.size()); ++row) {
        out.put(row + 2, 1, lines[static_cast<std::size_t>(first + row)]);
    }
    paint_keys(out, v, "jk scroll  esc back  r retry  h hold  u resume  q quit");
}

void paint_help(frame& out, const view& v) {
    static constexpr const char* lines[] = {
        "landscaper watch: a client of the daemon; quitting it stops nothing.",
        "",
        " > runs   . waits for a person   = HOLD   ! FAILED   + ok   ? unknown MAC",
        "",
        " j k, arrows   move          enter   the selected host    esc   back",
        " f             faults only   q       quit                 ^L    repaint",
        " r retry   h hold   u resume     of the selected host",
        "",
        " A disk is written only when it is blank; no key changes that.",
    };
    int row = 1;
    for (auto* line : lines) out.put(row++, 1, line);
    paint_keys(out, v, "esc back  q quit");
}

}  // namespace landscaper::tui
