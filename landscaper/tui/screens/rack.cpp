// The main screen: every server in one list, what is wrong and what to do about it, the last events.
#include <algorithm>
#include <cstdio>
#include <map>

#include "landscaper/tui/screens/screens.hpp"
#include "landscaper/tui/words.hpp"

namespace landscaper::tui {

namespace {

// Below this the log goes, the head is one row, and the list gets what is left.
constexpr int least_rows_for_log = 16;

std::string counts_of(const control::snapshot& shot) {
    std::map<char, int> counts;
    for (const auto& host : shot.hosts) ++counts[mark_of(host)];
    std::string out = std::to_string(shot.hosts.size()) + ":";
    // Problems first: the right end may be cut.
    for (auto [mark, word] :
         {std::pair{'!', "FAILED"}, {'=', "HOLD"}, {'>', "run"}, {'.', "wait"}, {'+', "ok"}}) {
        if (counts[mark]) out += " " + std::to_string(counts[mark]) + " " + word;
    }
    if (!shot.unknown.empty()) out += " +" + std::to_string(shot.unknown.size()) + " new";
    return out;
}

void rule(frame& out, int row) {
    out.put(row, 0, std::string(static_cast<std::size_t>(out.columns()), '-'));
}

std::string traffic_of(const control::snapshot& shot) {
    auto counter = [&](const char* name) {
        auto found = shot.counters.find(name);
        return found == shot.counters.end() ? std::uint64_t{0} : found->second;
    };
    auto line = "out " + amount_text(counter("bytes_out_per_second")) + "/s  tftp " +
                std::to_string(counter("tftp_transfers")) + "  http " +
                std::to_string(counter("http_transfers"));
    if (!shot.dhcp_servers.empty()) line += "  other DHCP: " + shot.dhcp_servers.front();
    return line;
}

// Returns the first free row.
int paint_head(frame& out, const control::snapshot& shot) {
    out.put(0, 1, "landscaper " + shot.site + "  " + counts_of(shot), colour::bold);
    if (out.columns() >= 80) {
        auto right = "  " + clock_text(shot.now) + "Z";
        if (out.columns() >= 100) right += " up " + since_text(shot.now, shot.started);
        out.put(0, out.columns() - static_cast<int>(right.size()) - 1, right);
    }
    if (out.rows() < least_rows_for_log) return 1;
    out.put(1, 1, traffic_of(shot));
    rule(out, 2);
    return 3;
}

std::string column(std::string_view text, std::size_t width) {
    std::string out(text.substr(0, width));
    out.resize(width + 1, ' ');
    return out;
}

// Which columns fit, and how wide the names are: names of one rack often differ at their ends alone.
struct row_layout {
    std::size_t name = 10;
    bool has_mac = false, has_ip = false, has_bar = false, has_age = false;
};

// MAC from 80 columns on, the bar from 60, address and age of the attempt from 100. Long names take the place
// of the bar, and of a note beyond its first words.
row_layout layout_for(const control::snapshot& shot, int columns) {
    row_layout out{columns >= 60 ? std::size_t{10} : 6, columns >= 80, columns >= 100, columns >= 60,
                   columns >= 100};
    std::size_t longest = 0;
    for (const auto& host : shot.hosts) longest = std::max(longest, host.name.size());
    if (longest <= out.name) return out;
    if (columns < 120) out.has_bar = false;
    int others =
        20 + (out.has_mac ? 18 : 0) + (out.has_ip ? 16 : 0) + (out.has_bar ? 12 : 0) + (out.has_age ? 6 : 0);
    constexpr int least_note = 18;
    auto room = static_cast<std::size_t>(std::max(0, columns - others - least_note));
    out.name = std::clamp(room, out.name, longest);
    return out;
}

// Both ends of a name that is too long: "rac~de-003".
std::string shortened(const std::string& name, std::size_t width) {
    if (name.size() <= width || width < 4) return name;
    auto head = width / 3;
    return name.substr(0, head) + "~" + name.substr(name.size() - (width - head - 1));
}

struct row_texts {
    std::string name, mac, ip, phase, bar, age, in, note;
};

std::string row_text(const row_layout& layout, char mark, const row_texts& t) {
    std::string line = std::string(" ") + mark + " " + column(shortened(t.name, layout.name), layout.name);
    if (layout.has_mac) line += column(t.mac, 17);
    if (layout.has_ip) line += column(t.ip, 15);
    line += column(t.phase, 9);
    if (layout.has_bar) line += column(t.bar, 11);
    if (layout.has_age) line += column(t.age, 5);
    return line + column(t.in, 5) + t.note;
}

void paint_host_row(frame& out, int row, const row_layout& layout, const control::snapshot& shot,
                    const control::host_view& host, bool is_selected) {
    bool is_going = host.condition == "run" || host.condition == "person";
    row_texts texts{host.name,
                    host.mac.empty() ? "" : host.mac.front(),
                    host.ip,
                    is_going ? host.phase : host.condition,
                    bar_of(host, 9),
                    since_text(shot.now, host.attempt_started),
                    host.phase == "ok" ? "-" : since_text(shot.now, host.phase_started),
                    note_of(host)};
    out.put(row, 0, row_text(layout, mark_of(host), texts), paint_of(host));
    if (is_selected) out.fill(row, colour::reverse);
}

void paint_stranger_row(frame& out, int row, const row_layout& layout, const control::snapshot& shot,
                        const control::unknown_view& one) {
    row_texts texts{"--", one.mac, "", "unknown", "", "", since_text(shot.now, one.last_seen), ""};
    if (!layout.has_mac) texts.note = one.mac + " ";
    texts.note += one.client + ", not in the inventory: landscaper adopt " + one.mac;
    out.put(row, 0, row_text(layout, '?', texts), colour::cyan);
}

// The list's rows in their order: failed and held hosts, strangers, all others.
struct list_row {
    const control::host_view* host = nullptr;
    const control::unknown_view* stranger = nullptr;
};

bool is_fault(const control::host_view& host) {
    return mark_of(host) == '!' || mark_of(host) == '=';
}

std::vector<list_row> list_of(const control::snapshot& shot, const view& v) {
    auto hosts = ordered(shot, v);
    std::vector<list_row> out;
    auto rest = std::find_if(hosts.begin(), hosts.end(), [](auto* host) { return !is_fault(*host); });
    for (auto at = hosts.begin(); at != rest; ++at) out.push_back({*at, nullptr});
    for (const auto& one : shot.unknown) out.push_back({nullptr, &one});
    for (auto at = rest; at != hosts.end(); ++at) out.push_back({*at, nullptr});
    return out;
}

// Paints rows [from, to): a part of the list with the selected host in it, and in the last row how many
// follow.
void paint_list(frame& out, int from, int to, const control::snapshot& shot, const view& v) {
    auto list = list_of(shot, v);
    auto layout = layout_for(shot, out.columns());
    auto room = static_cast<std::size_t>(std::max(0, to - from));
    if (room == 0) return;
    auto is_selected = [&](const list_row& row) { return row.host && row.host->name == v.selected; };
    auto selected = std::find_if(list.begin(), list.end(), is_selected);
    auto at = selected == list.end() ? 0 : static_cast<std::size_t>(selected - list.begin());
    bool is_cut = list.size() > room;
    auto shown = is_cut && room > 1 ? room - 1 : std::min(room, list.size());
    auto first = at >= shown && shown > 0 ? at - shown + 1 : 0;
    int row = from;
    for (auto i = first; i < first + shown; ++i, ++row) {
        if (list[i].host) paint_host_row(out, row, layout, shot, *list[i].host, is_selected(list[i]));
        if (list[i].stranger) paint_stranger_row(out, row, layout, shot, *list[i].stranger);
    }
    // An empty list says why it is empty.
    bool has_hosts = std::ranges::any_of(list, [](const list_row& one) { return one.host; });
    if (!has_hosts && row < to) {
        out.put(row, 3,
                shot.hosts.empty() ? "no servers yet: add mac and ip of the first one to inventory.yaml"
                                   : "no faults (f: all hosts)");
    }
    if (!is_cut || room < 2) return;
    auto after = list.size() - first - shown;
    auto text = after ? std::to_string(after) + " more" : "the end";
    out.put(row, 3, "... " + text + (v.faults_only ? "" : " (f: faults only)"));
}

// One line per deployment, in a block of its own beneath the servers; few rows, the worst ones in them.
std::vector<const control::deployment_view*> deployments_of(const control::snapshot& shot, const frame& out) {
    std::vector<const control::deployment_view*> all;
    for (const auto& one : shot.deployments) all.push_back(&one);
    auto rank = [](const control::deployment_view* one) {
        return std::string_view("!>.-+").find(mark_of(*one));
    };
    std::stable_sort(all.begin(), all.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
    auto most = static_cast<std::size_t>(std::max(0, out.rows() < least_rows_for_log ? 0 : out.rows() / 6));
    if (all.size() > most) all.resize(most);
    return all;
}

void paint_deployment_row(frame& out, int row, const control::deployment_view& one) {
    auto line = std::string(" ") + mark_of(one) + " " + column(shortened(one.name, 16), 16) +
                column(one.condition, 9) + tui::counts_of(one);
    if (!one.sentence.empty()) line += "  " + one.sentence;
    out.put(row, 0, line, paint_of(one));
}

struct painted_line {
    std::string text;
    colour paint;
};

void add_wrapped(std::vector<painted_line>& to, const std::string& text, colour paint, int width, int most) {
    auto lines = wrapped(text, width - 2);
    for (int i = 0; i < most && i < static_cast<int>(lines.size()); ++i) {
        to.push_back({lines[static_cast<std::size_t>(i)], paint});
    }
}

// What is wrong with the whole rack.
std::string trouble_of(const control::snapshot& shot) {
    if (!shot.inventory_problems.empty()) {
        auto others = shot.inventory_problems.size() - 1;
        return shot.inventory_problems.front() + (others ? " (and " + std::to_string(others) + " more)" : "");
    }
    return shot.bootd;
}

// The selected host when it has something to say, else the worst one.
const control::host_view* telling_host(const control::snapshot& shot, const view& v) {
    auto speaks = [](const control::host_view& host) { return is_fault(host) || host.condition == "person"; };
    for (const auto& host : shot.hosts) {
        if (host.name == v.selected && speaks(host)) return &host;
    }
    auto hosts = ordered(shot, view{});
    return !hosts.empty() && is_fault(*hosts.front()) ? hosts.front() : nullptr;
}

// The cause pane: the rack's trouble, an alarm, then a host's, else a warning; nothing when all is well.
std::vector<painted_line> cause_of(const control::snapshot& shot, const view& v, const frame& out) {
    std::vector<painted_line> lines;
    bool is_small = out.rows() < least_rows_for_log;
    add_wrapped(lines, trouble_of(shot), colour::red, out.columns(), 2);
    if (!shot.alarms.empty()) {
        const auto& last = shot.alarms.back();
        add_wrapped(lines, "ALARM " + last.host + ": " + last.text, colour::red, out.columns(), 2);
    }
    if (auto* host = telling_host(shot, v)) {
        add_wrapped(lines, host->name + ": " + host->sentence, paint_of(*host), out.columns(),
                    is_small ? 2 : 4);
    }
    if (lines.empty() && !shot.warnings.empty()) {
        add_wrapped(lines, shot.warnings.front(), colour::yellow, out.columns(), is_small ? 1 : 2);
    }
    return lines;
}

void paint_log(frame& out, int from, int rows, const control::snapshot& shot) {
    auto count = std::min(shot.log.size(), static_cast<std::size_t>(std::max(0, rows)));
    for (auto i = shot.log.size() - count; i < shot.log.size(); ++i) {
        const auto& line = shot.log[i];
        auto who = line.host.empty() ? "" : line.host + " ";
        out.put(from++, 1, clock_text(line.at) + " " + who + line.text);
    }
}

}  // namespace

void paint_rack(frame& out, const control::snapshot& shot, const view& v) {
    int row = paint_head(out, shot);
    out.put(row, 0,
            row_text(layout_for(shot, out.columns()), ' ',
                     {"HOST", "MAC", "ADDRESS", "PHASE", "PROGRESS", "AGE", "IN", "NOTE"}),
            colour::bold);
    auto cause = cause_of(shot, v, out);
    int bottom = out.rows() - 1;
    int logs = out.rows() < least_rows_for_log ? 0 : std::clamp(out.rows() / 5, 3, 12);
    int log_rule = logs ? bottom - logs - 1 : bottom;
    // One row of the list stays, however small the screen is.
    auto room = static_cast<std::size_t>(std::max(0, log_rule - row - 3));
    if (cause.size() > room) cause.erase(cause.begin() + static_cast<std::ptrdiff_t>(room), cause.end());
    int cause_rule = cause.empty() ? log_rule : log_rule - static_cast<int>(cause.size()) - 1;
    auto deployments = deployments_of(shot, out);
    int list_end = deployments.empty() ? cause_rule : cause_rule - static_cast<int>(deployments.size()) - 1;
    paint_list(out, row + 1, list_end, shot, v);
    if (!deployments.empty()) rule(out, list_end);
    for (std::size_t i = 0; i < deployments.size(); ++i)
        paint_deployment_row(out, list_end + 1 + static_cast<int>(i), *deployments[i]);
    if (!cause.empty()) rule(out, cause_rule);
    for (std::size_t i = 0; i < cause.size(); ++i) {
        out.put(cause_rule + 1 + static_cast<int>(i), 1, cause[i].text, cause[i].paint);
    }
    if (logs) rule(out, log_rule);
    paint_log(out, log_rule + 1, logs, shot);
    paint_keys(out, v,
               out.columns() < 74
                   ? "q quit  ? help  jk move  enter host  f faults  r h u"
                   : "jk move  enter host  f faults  r retry  h hold  u resume  ? help  q quit");
}

void paint_keys(frame& out, const view& v, std::string_view keys) {
    std::string line = v.message.empty() ? std::string(keys) : v.message;
    auto row = out.rows() - 1;
    out.put(row, 0, std::string(static_cast<std::size_t>(out.columns()), ' '));
    // Never the last cell of the last row: writing it scrolls some terminals.
    out.put(row, 1, line.substr(0, static_cast<std::size_t>(std::max(0, out.columns() - 2))), colour::bold);
}

}  // namespace landscaper::tui
