#include "landscaper/tui/view.hpp"

#include <algorithm>

#include "landscaper/tui/words.hpp"

namespace landscaper::tui {

static int group_of(const control::host_view& host) {
    static constexpr std::string_view order = "!=>.+-";
    return static_cast<int>(order.find(mark_of(host)));
}

std::vector<const control::host_view*> ordered(const control::snapshot& shot, const view& v) {
    std::vector<const control::host_view*> out;
    for (const auto& host : shot.hosts) {
        bool is_fault = mark_of(host) == '!' || mark_of(host) == '=';
        if (!v.faults_only || is_fault) out.push_back(&host);
    }
    std::stable_sort(out.begin(), out.end(), [](auto* a, auto* b) { return group_of(*a) < group_of(*b); });
    return out;
}

static void move(view& v, int by, const control::snapshot& shot) {
    auto hosts = ordered(shot, v);
    if (hosts.empty()) return;
    auto found = std::find_if(hosts.begin(), hosts.end(), [&](auto* h) { return h->name == v.selected; });
    auto at = found == hosts.end() ? 0 : static_cast<int>(found - hosts.begin());
    at = std::clamp(at + by, 0, static_cast<int>(hosts.size()) - 1);
    v.selected = hosts[static_cast<std::size_t>(at)]->name;
}

static void scroll_or_move(view& v, int by, const control::snapshot& shot) {
    // The first press shows what is selected: the first row.
    if (v.screen == screen::rack) return move(v, v.selected.empty() ? 0 : by, shot);
    v.scroll = std::max(0, v.scroll + by);
}

static std::string verb(view& v, const char* word) {
    if (v.screen == screen::help) return {};
    if (!v.selected.empty()) return word;
    v.message = "select a host first: j, k or the arrow keys";
    return {};
}

std::string on_key(view& v, key pressed, const control::snapshot& shot) {
    switch (pressed) {
        case key::up: scroll_or_move(v, -1, shot); break;
        case key::down: scroll_or_move(v, 1, shot); break;
        case key::page_up: scroll_or_move(v, -10, shot); break;
        case key::page_down: scroll_or_move(v, 10, shot); break;
        case key::enter:
            if (v.selected.empty()) move(v, 0, shot);
            if (v.selected.empty()) break;
            v.screen = screen::host;
            v.scroll = 0;
            break;
        case key::back: v.screen = screen::rack; break;
        case key::faults: v.faults_only = !v.faults_only; break;
        case key::help:
            v.screen = v.screen == screen::help ? screen::rack : screen::help;
            v.scroll = 0;
            break;
        case key::retry: return verb(v, "retry");
        case key::hold: return verb(v, "hold");
        case key::resume: return verb(v, "resume");
        case key::quit: v.quit = true; break;
        case key::repaint:
        case key::none: break;
    }
    return {};
}

}  // namespace landscaper::tui
