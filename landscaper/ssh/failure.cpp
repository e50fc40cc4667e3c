#include "landscaper/ssh/failure.hpp"

#include <array>

#include "landscaper/base/printable.hpp"

namespace landscaper::ssh {

const char* describe(ssh_errc code) {
    switch (code) {
        case ssh_errc::impostor:
            return "the host answers with another key than the pinned one; somebody may be impersonating it, "
                   "or "
                   "it was installed by other means";
        case ssh_errc::auth_refused: return "the host does not accept landscaper's client key";
        case ssh_errc::unreachable: return "not reachable; check power, cable and address";
        case ssh_errc::not_listening: return "the address answers, but no SSH server listens there yet";
        case ssh_errc::timed_out: return "no answer in time";
        case ssh_errc::lost: return "the connection was lost";
        case ssh_errc::client_failed: return "the ssh program failed";
        case ssh_errc::bad_key: return "not an ed25519 public key";
        case ssh_errc::bad_output: return "the host printed something unexpected";
        case ssh_errc::command_failed: return "the command on the host failed";
        case ssh_errc::stalled: return "the step on the host shows no progress";
        case ssh_errc::step_lost: return "the step on the host ended without leaving a status";
        case ssh_errc::too_long: return "longer than the system allows";
        case ssh_errc::not_ssh: return "something else than an SSH server answers there";
    }
    return "unknown error";
}

namespace {

struct sentence {
    std::string_view part;
    ssh_errc meaning;
};

// As OpenSSH 9.2 prints them (sshconnect.c, packet.c, kex.c, mux.c); first match wins, so the surest come
// first.
constexpr std::array sentences{
    sentence{"Host key verification failed", ssh_errc::impostor},
    sentence{"REMOTE HOST IDENTIFICATION HAS CHANGED", ssh_errc::impostor},
    sentence{"no matching host key type found", ssh_errc::impostor},
    sentence{"Permission denied (", ssh_errc::auth_refused},
    sentence{"Too many authentication failures", ssh_errc::auth_refused},
    sentence{"No route to host", ssh_errc::unreachable},
    sentence{"Network is unreachable", ssh_errc::unreachable},
    sentence{"Host is down", ssh_errc::unreachable},
    sentence{"Connection refused", ssh_errc::not_listening},
    sentence{"timed out", ssh_errc::timed_out},
    sentence{"Timeout, server", ssh_errc::lost},
    sentence{"Connection reset", ssh_errc::lost},
    sentence{"Connection closed", ssh_errc::lost},
    sentence{"closed by remote host", ssh_errc::lost},
    sentence{"Broken pipe", ssh_errc::lost},
    sentence{"Connection to ", ssh_errc::lost},
    sentence{"mux_client", ssh_errc::lost},
    sentence{"Control socket connect", ssh_errc::lost},
    sentence{"Bad packet length", ssh_errc::not_ssh},
    sentence{"Protocol mismatch", ssh_errc::not_ssh},
};

std::string_view last_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    auto start = text.rfind('\n');
    return start == text.npos ? text : text.substr(start + 1);
}

}  // namespace

std::optional<error> classify(int exit_code, std::string_view errors) {
    if (exit_code != 255) return std::nullopt;
    auto words = text::printable(last_line(errors), 200);
    for (const auto& [part, meaning] : sentences) {
        if (errors.find(part) != errors.npos) return error(meaning, words);
    }
    return error(ssh_errc::client_failed, words);
}

bool is_transient(const error& failure) {
    for (auto code : {ssh_errc::unreachable, ssh_errc::not_listening, ssh_errc::timed_out, ssh_errc::lost}) {
        if (failure.code() == code) return true;
    }
    return false;
}

}  // namespace landscaper::ssh
