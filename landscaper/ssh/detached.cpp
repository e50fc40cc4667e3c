#include "landscaper/ssh/detached.hpp"

#include <algorithm>
#include <charconv>

#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::ssh {

namespace {

// The lock is free once the step's keeper is gone; a script that outlives its killed keeper is found by name.
constexpr std::string_view common_text = R"sh(ended() { [ -s "$dir/status" ] && read -r code <"$dir/status"; }
outlives() { [ -s "$dir/script.pid" ] && read -r left <"$dir/script.pid" && grep -qsF "$dir/script" "/proc/$left/cmdline"; }
)sh";

std::string variables(std::string_view id, std::string_view folder) {
    return "all=" + quote(folder) + "\nid=" + quote(id) + "\ndir=$all/$id\n";
}

// The folder appears with its script, whole, by one rename: a connection lost on the way leaves nothing that
// could be started. The lock is taken here and handed to the step's keeper, who alone may run the script and
// gives it to none of the step's own programs: they may leave something running. The script's process itself
// writes who it is, and holds the lock until it has: its keeper may be killed as soon as it is there.
constexpr std::string_view start_text = R"sh(umask 077
if [ -d "$dir" ]; then
    cat >/dev/null
else
    new=$all/.new.$$
    mkdir -p "$new" || exit 1
    cat >"$new/script"
    if [ "$(wc -c <"$new/script")" -ne "$size" ]; then
        rm -rf "$new"
        echo "step $id: the script arrived cut off" >&2
        exit 1
    fi
    : >"$new/log"
    mv -T "$new" "$dir" 2>/dev/null || rm -rf "$new"
fi
if ! ended; then
    exec 9>>"$dir/lock"
    if flock -n 9 && ! ended && ! outlives; then
        (
            setsid sh -c '
                [ ! -e "$1/started" ] || echo "landscaper: started again after it was killed" >>"$1/log"
                : >"$1/started"
                echo $$ >"$1/pid"
                cd /
                sh -c "echo \$\$ >\"\$1.pid\"; exec bash \"\$1\" </dev/null 9>&-" step "$1/script" >>"$1/log" 2>&1 &
                wait $!
                echo $? >"$1/status"' step "$dir" </dev/null >/dev/null 2>&1 &
            echo $! >"$dir/pid"
        )
    fi
    exec 9>&-
fi
)sh";

// The status is looked at before the log is read, so that the log of an ended step is whole. A free lock
// without a status is a death; a status that came in between is found by the next call.
constexpr std::string_view follow_text = R"sh(say() { echo "landscaper-step $id $*" >&2; exit 0; }
if [ ! -d "$dir" ]; then say unknown; fi
rest() { tail -c "+$first" "$dir/log"; }
if ended; then rest; say exit "$code"; fi
if flock -n 9 9>>"$dir/lock" && ! outlives; then
    rest
    if ended; then say running; fi
    say died
fi
{ read -r pid <"$dir/pid"; } 2>/dev/null || pid=1
timeout "$slice" tail -c "+$first" -s 0.1 -f --pid="$pid" "$dir/log"
if [ $? -eq 124 ]; then say running; fi
if ended; then say exit "$code"; fi
sleep 1
say running
)sh";

// "1.500", as timeout(1) takes it.
std::string seconds_text(std::chrono::milliseconds time) {
    auto thousandths = std::to_string(1000 + time.count() % 1000).substr(1);
    return std::to_string(time.count() / 1000) + "." + thousandths;
}

std::string follow_variables(std::uint64_t offset, std::chrono::milliseconds slice) {
    return "first=" + std::to_string(offset + 1) + "\nslice=" + seconds_text(slice) + "\n";
}

std::string start_command(std::string_view id, std::size_t size, std::string_view folder) {
    return variables(id, folder) + "size=" + std::to_string(size) + "\n" + std::string(common_text) +
           std::string(start_text);
}

std::string script_text(std::string_view script) {
    std::string out(script);
    if (!out.ends_with('\n')) out += '\n';
    return out;
}

result<step_report> parse_state(std::string_view words, std::string_view line) {
    if (words == "running") return step_report{step_state::running, 0};
    if (words == "died") return step_report{step_state::died, 0};
    if (words == "unknown") return step_report{step_state::unknown, 0};
    int code = -1;
    if (words.starts_with("exit ")) {
        auto digits = words.substr(5);
        auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
        if (failed != std::errc() || end != digits.data() + digits.size()) code = -1;
    }
    if (code < 0 || code > 255) return error(ssh_errc::bad_output, text::printable(line, 200));
    return step_report{step_state::ended, code};
}

}  // namespace

bool is_step_id(std::string_view id) {
    auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    return !id.empty() && id.size() <= 80 && id.front() != '.' && id.front() != '-' &&
           std::all_of(id.begin(), id.end(), is_plain);
}

detached_text detached(std::string_view id, std::string_view script, std::string_view folder) {
    auto input = script_text(script);
    auto command = start_command(id, input.size(), folder);
    return {std::move(command), std::move(input)};
}

std::string follow(std::string_view id, std::uint64_t offset, std::chrono::milliseconds slice,
                   std::string_view folder) {
    return variables(id, folder) + follow_variables(offset, slice) + std::string(common_text) +
           std::string(follow_text);
}

detached_text detached_and_follow(std::string_view id, std::string_view script, std::uint64_t offset,
                                  std::chrono::milliseconds slice, std::string_view folder) {
    auto text = detached(id, script, folder);
    text.command += follow_variables(offset, slice) + std::string(follow_text);
    return text;
}

result<step_report> parse_follow(std::string_view id, std::string_view errors) {
    auto mark = "landscaper-step " + std::string(id) + " ";
    auto at = errors.rfind(mark);
    bool at_line_start = at == 0 || (at != errors.npos && errors[at - 1] == '\n');
    if (at == errors.npos || !at_line_start) {
        return error(ssh_errc::bad_output, "step " + std::string(id) + ": " + text::printable(errors, 200));
    }
    auto line = errors.substr(at);
    line = line.substr(0, line.find('\n'));
    return parse_state(line.substr(mark.size()), line);
}

std::string stop_step(std::string_view id, std::string_view folder) {
    return variables(id, folder) +
           "[ ! -s \"$dir/status\" ] && [ -s \"$dir/pid\" ] || exit 0\n"
           "session=$(cut -d ' ' -f 6 \"/proc/$(cat \"$dir/pid\")/stat\" 2>/dev/null)\n"
           "[ -n \"$session\" ] || exit 0\n"
           "kill -s TERM -- \"-$session\" 2>/dev/null\n"
           "for i in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- \"-$session\" 2>/dev/null || exit 0; sleep 0.2; "
           "done\n"
           "kill -s KILL -- \"-$session\" 2>/dev/null\n"
           "exit 0\n";
}

std::string forget_step(std::string_view id, std::string_view folder) {
    return variables(id, folder) + "[ ! -s \"$dir/status\" ] || rm -rf \"$dir\"\n";
}

}  // namespace landscaper::ssh
