// What went wrong between landscaper and a host, from what OpenSSH's client says about it.
#pragma once

#include <optional>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper::ssh {

enum class ssh_errc {
    impostor = 1,    // the host answered with another key than the pinned one
    auth_refused,    // the right host, but it does not accept landscaper's client key
    unreachable,     // no route, no answer to ARP, network down
    not_listening,   // the address answers, but nothing listens on the SSH port
    timed_out,       // no answer in time
    lost,            // an established connection ended before the command did
    client_failed,   // ssh itself failed for another reason; the context says which
    bad_key,         // not an ed25519 public key, or a pin's alias with odd bytes
    bad_output,      // the host printed something else than the step promises
    command_failed,  // the command ended with a non-zero status; the context has its last words
    stalled,         // a detached step gave no sign of life within its deadline
    step_lost,       // a detached step ended without leaving a status (killed, out of memory)
    too_long,        // a command line or socket path longer than the system allows
    not_ssh,         // something answers on the port, but it is not an SSH server
};
const char* describe(ssh_errc code);

// Why ssh failed to connect, from its exit status and stderr. None unless the status is 255, ssh's own.
std::optional<error> classify(int exit_code, std::string_view errors);

// Whether trying again later can help without anybody doing something: unreachable, not_listening, timed_out,
// lost. Never for impostor and auth_refused.
bool is_transient(const error& failure);

}  // namespace landscaper::ssh

LANDSCAPER_ERROR_ENUM(landscaper::ssh, ssh_errc, "ssh")
