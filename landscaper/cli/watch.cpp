// landscaper watch: the TUI on a terminal, else one line per event.
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "landscaper/base/json_in.hpp"
#include "landscaper/cli/answer.hpp"
#include "landscaper/cli/command.hpp"
#include "landscaper/cli/words.hpp"
#include "landscaper/control/io/client.hpp"
#include "landscaper/tui/io/terminal.hpp"

namespace landscaper::cli {

namespace {

// Prints what changed since the snapshot before: one line per phase, condition or log line.
class line_printer {
  public:
    void print(const control::snapshot& shot) {
        // Seconds count from the oldest line that is printed.
        if (!begin_) begin_ = shot.log.empty() ? shot.now : std::min(shot.now, shot.log.front().at);
        for (const auto& problem : shot.inventory_problems) once(shot, "", problem);
        if (!shot.bootd.empty()) once(shot, "", shot.bootd);
        for (const auto& warning : shot.warnings) once(shot, "", "warning: " + warning);
        for (const auto& line : new_lines(shot, last_)) {
            say(line.at, line.host, line.text);
            last_ = line;
        }
        for (const auto& host : shot.hosts) {
            auto state = host.phase + " " + host.condition + " " + host.sentence;
            auto& before = states_[host.name];
            if (before == state) continue;
            before = state;
            auto phase = host.phase + (host.condition == "run" ? "" : " " + host.condition);
            say(shot.now, host.name, "[" + phase + "] " + host.sentence);
        }
        for (const auto& one : shot.deployments) {
            auto state = "[" + one.condition + "] " + one.sentence;
            if (std::exchange(states_["deployment " + one.name], state) != state)
                say(shot.now, one.name, state);
        }
        std::fflush(stdout);
    }

  private:
    void once(const control::snapshot& shot, const std::string& host, const std::string& text) {
        if (!said_.insert(text).second) return;
        say(shot.now, host, text);
    }
    void say(control::unix_ms at, const std::string& host, const std::string& text) {
        std::printf("%8.1f %-10s %s\n", static_cast<double>(at - begin_) / 1000, host.c_str(), text.c_str());
    }

    control::unix_ms begin_ = 0;
    control::log_line last_;
    std::map<std::string, std::string> states_;
    std::set<std::string> said_;
};

}  // namespace

int run_watch(const arguments& given) {
    control::client client(socket_path(given));
    bool until_ok = given.value("--until", "") == "ok";
    if (!until_ok && !given.value("--until", "").empty()) {
        return complain("watch", error(usage_errc::bad_value, "--until knows only `ok`"), exit_usage);
    }
    bool plain = given.has("--plain") || given.has("--json") || !::isatty(STDOUT_FILENO);
    if (!plain && tui::can_paint()) {
        tui::source from;
        from.follow = [&](const auto& each, const auto& idle, int input) {
            return client.follow(each, idle, input);
        };
        from.act = [&](const std::string& host, const std::string& verb) {
            return client.post("/v1/hosts/" + control::escaped(host) + "/" + verb);
        };
        if (until_ok) from.verdict = verdict_of;
        auto ended = tui::run(from);
        if (!ended) return complain("watch", ended.error());
        return *ended;
    }
    line_printer lines;
    int code = exit_done;
    auto followed = client.follow([&](const control::snapshot& shot) {
        if (given.has("--json")) {
            print_line(to_json(shot));
            std::fflush(stdout);
        } else {
            lines.print(shot);
        }
        int verdict = until_ok ? verdict_of(shot) : -1;
        if (verdict >= 0) code = verdict;
        return verdict < 0;
    });
    if (!followed) return complain("watch", followed.error());
    return code;
}

}  // namespace landscaper::cli
