// The change from the temporary host key to the permanent one, which is made on the host and never leaves it:
// a table of steps, each safe to repeat, and which pins to try after a crash. Order of writes (contract 1):
// generate -> [ledger: pending] -> commit -> verify -> refuse -> [ledger: permanent].
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "landscaper/ssh/pin.hpp"
#include "landscaper/ssh/step.hpp"

namespace landscaper::ssh {

struct rotation_plan {
    std::string alias;                            // of both pins
    std::string attempt;                          // names the fresh folder on the host; [a-z0-9._-]
    std::string comment;                          // of the new key: "root@px01"
    public_key temporary;                         // the key that answers before
    std::optional<public_key> pending;            // made on the host; learnt from `generate`
    std::string folder = "/etc/ssh";              // where sshd's keys lie on the host
    std::string config = "/etc/ssh/sshd_config";  // for `sshd -t`; absolute
    std::string pid_file = "/run/sshd.pid";       // for hosts without systemd
};

// Under which pin a step's connection is made.
enum class rotation_pin {
    either,          // pins_to_try(), in that order
    permanent,       // only the new one, over a fresh connection
    old_is_refused,  // no command: a fresh connection pinned to the temporary key must fail as impostor
};

struct rotation_row {
    step_row<rotation_plan> step;
    rotation_pin under;
};

// generate, commit, verify, refuse. The proof of generate is the public key's text, to be recorded as pending
// before commit; verify's is the key that answered.
std::span<const rotation_row> rotation_steps();

// Which pins can be right, best first: with a pending key the new one, then the temporary one; without, the
// temporary one. A host that answers to none of them is an impostor.
std::vector<pin> pins_to_try(const rotation_plan& plan);

}  // namespace landscaper::ssh
