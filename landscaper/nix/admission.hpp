// Whether a system will let landscaper in once it is activated. A system that does not would have to be
// reinstalled, so this is asked before anything is copied (contract 5).
#pragma once

#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper::nix {

// `sshd_config` and `root_keys`: the system's etc/ssh/sshd_config and etc/ssh/authorized_keys.d/root (empty
// when there is none). `client_key`: "ssh-ed25519 AAAA..". The installer puts the key into
// /root/.ssh/authorized_keys, so a system that reads this file is fine. not_admitted with the reason
// otherwise.
result<void> check_admission(std::string_view sshd_config, std::string_view root_keys,
                             std::string_view client_key);

}  // namespace landscaper::nix
