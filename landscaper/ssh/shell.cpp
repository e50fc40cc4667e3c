#include "landscaper/ssh/shell.hpp"

namespace landscaper::ssh {

std::string quote(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string with_path(std::string_view script) {
    std::string out =
        "PATH=\"${PATH:+$PATH:}/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
        "/sbin:/bin\"; export PATH\n";
    out += script;
    return out;
}

// The parent of a session's shell is the connection's own sshd.
std::string reboot_after_session() {
    return R"sh(setsid -f sh -c '
    tries=0
    while kill -0 "$1" 2>/dev/null && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    systemctl reboot 2>/dev/null || reboot' reboot $PPID </dev/null >/dev/null 2>&1
)sh";
}

}  // namespace landscaper::ssh
