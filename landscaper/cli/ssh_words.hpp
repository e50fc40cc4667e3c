// A pinned host in OpenSSH's words, for people's own sessions. Never runs anything, and needs no file: the
// pin comes from KnownHostsCommand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/ssh/options.hpp"

namespace landscaper::cli {

struct pinned_host {
    ssh::endpoint host;
    ssh::pin pin;
};

// `ssh` with that key or nothing: no file of the user or the system is read or written. The words are the
// command, as ssh takes it: joined with blanks, run by the host's shell; none is a login.
std::vector<std::string> login_arguments(const pinned_host& to, const std::vector<std::string>& words);

// The same as a `Host` section of ssh_config(5); empty for a name that could be read as a pattern.
std::string config_section(std::string_view name, const pinned_host& to);

}  // namespace landscaper::cli
