// One host: who it is, how its phases went, every step with its time and proof, the last lines of its log.
#include <algorithm>
#include <cstdio>

#include "landscaper/tui/screens/screens.hpp"
#include "landscaper/tui/words.hpp"

namespace landscaper::tui {

static const control::host_view* selected_host(const control::snapshot& shot, const view& v) {
    auto found = std::ranges::find_if(shot.hosts, [&](const auto& host) { return host.name == v.selected; });
    return found == shot.hosts.end() ? nullptr : &*found;
}

static std::vector<std::string> lines_of(const control::snapshot& shot, const control::host_view& host,
                                         int width) {
    std::vector<std::string> out;
    auto add = [&](const std::string& text) {
        for (auto& line : wrapped(text, width - 2)) out.push_back(line);
    };
    add(note_of(host));
    std::string macs;
    for (const auto& mac : host.mac) macs += " " + mac;
    add("mac" + macs + "  ip " + host.ip + "  " + host.firmware + "  role " + host.role);
    if (!host.permanent_key.empty()) add("pinned     " + host.permanent_key);
    if (!host.temporary_key.empty()) add("temporary  " + host.temporary_key);
    if (host.generation) add("generation " + std::to_string(host.generation) + " " + host.toplevel);
    std::string timeline = "phases:";
    for (const auto& phase : host.phases) {
        auto end = phase.ended ? phase.ended : shot.now;
        timeline +=
            " " + phase.phase + (phase.phase == "ok" ? "" : " " + age_text(end - phase.started)) + ",";
    }
    timeline.pop_back();
    add(timeline);
    for (const auto& step : host.steps) {
        char line[256];
        auto took =
            step.proof ? age_text(step.proof - step.intent) : age_text(shot.now - step.intent) + " ...";
        std::snprintf(line, sizeof line, "%c %-12.12s %-10s %s", step.proof ? '+' : '>', step.step.c_str(),
                      took.c_str(), step.proof_text.substr(0, 120).c_str());
        out.emplace_back(line);
    }
    for (const auto& line : host.log) add("| " + line);
    return out;
}

std::vector<std::string> host_lines(const control::snapshot& shot, const view& v, int columns) {
    const auto* host = selected_host(shot, v);
    return host ? lines_of(shot, *host, columns) : std::vector<std::string>{};
}

void paint_host(frame& out, const control::snapshot& shot, const view& v) {
    const auto* found = selected_host(shot, v);
    if (!found) {
        out.put(0, 1, "no host " + v.selected);
        return paint_keys(out, v, "esc back  q quit");
    }
    const auto& host = *found;
    out.put(0, 1,
            host.name + "  " + host.phase + "  " + host.condition + "  attempt " +
                std::to_string(host.attempt) + ", " + since_text(shot.now, host.attempt_started) + " old",
            paint_of(host));
    auto lines = lines_of(shot, host, out.columns());
    auto first = std::min(v.scroll, furthest_scroll(shot, v, out.columns(), out.rows()));
    auto end = std::min(static_cast<int>(lines.size()), first + out.rows() - host_head - keys_foot);
    for (int line = first; line < end; ++line)
        out.put(line - first + host_head, 1, lines[static_cast<std::size_t>(line)]);
    paint_keys(out, v,
               out.columns() < 60 ? "q quit  esc back  jk scroll  r h u"
                                  : "jk scroll  esc back  r retry  h hold  u resume  q quit");
}

std::vector<std::string> help_lines(int columns) {
    static constexpr const char* lines[] = {
        "landscaper watch: a client of the daemon; quitting it stops nothing.",
        "",
        "> runs   . waits for a person   = HOLD   ! FAILED   + ok   ? unknown MAC",
        "",
        "j k, arrows   move          enter   the selected host    esc   back",
        "f             faults only   q       quit                 ^L    repaint",
        "r retry   h hold   u resume     of the selected host",
        "",
        "No key writes a disk. One that holds data is wiped only after `landscaper arm`.",
    };
    static constexpr const char* narrow[] = {
        "landscaper watch: a client of the daemon; quitting it stops nothing.",
        "",
        "q      quit",
        "?      this help, and back (esc)",
        "j k    move or scroll, also arrows",
        "enter  the selected host",
        "f      faults only, and all again",
        "r h u  retry, hold, resume",
        "^L     repaint",
        "",
        "> runs         . waits for a person",
        "= HOLD         ! FAILED",
        "+ ok           ? unknown MAC",
        "",
        "No key writes a disk. One that holds data is wiped only after `landscaper arm`.",
    };
    std::vector<std::string> out;
    if (columns >= 80) return {std::begin(lines), std::end(lines)};
    for (std::string line : narrow) {
        if (line.empty()) out.push_back(line);
        for (auto& part : wrapped(line, columns - 2)) out.push_back(part);
    }
    return out;
}

void paint_help(frame& out, const view& v) {
    auto lines = help_lines(out.columns());
    auto first = std::min(v.scroll, furthest_scroll({}, v, out.columns(), out.rows()));
    auto end = std::min(static_cast<int>(lines.size()), first + out.rows() - help_head - keys_foot);
    for (int line = first; line < end; ++line)
        out.put(line - first + help_head, 1, lines[static_cast<std::size_t>(line)]);
    paint_keys(out, v, "q quit  esc back  jk scroll");
}

}  // namespace landscaper::tui
