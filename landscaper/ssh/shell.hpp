// Text for a POSIX shell. Everything that comes from outside goes through quote().
#pragma once

#include <string>
#include <string_view>

namespace landscaper::ssh {

// One shell word with exactly these bytes (no NUL).
std::string quote(std::string_view text);

// `script` with a PATH that finds the tools on the installer, on NixOS and on plain Debian: a non-interactive
// login has only what sshd was compiled with.
std::string with_path(std::string_view script);

// Reboots the host as soon as the connection that runs this has ended, so that the answer gets through; after
// five seconds at the latest.
std::string reboot_after_session();

}  // namespace landscaper::ssh
