// Argument lists for OpenSSH's client: always pinned, never accept-new, no file of the user or the system
// read. Never runs anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/ssh/pin.hpp"

namespace landscaper::ssh {

// Where a host is and what proves that it is the host.
struct endpoint {
    std::string address;  // IPv4 or IPv6 text
    std::uint16_t port = 22;
    std::string user = "root";
    std::string identity_file;  // landscaper's private client key
};

// One connection that others share: `ssh -M`. It runs master_command on the host, prints master_ready once
// logged in and ends when its stdin does, so that a killed landscaper leaves no connection behind.
std::vector<std::string> master_arguments(const endpoint& host, const pin& expected,
                                          const std::string& known_hosts_file,
                                          const std::string& control_path);
inline constexpr std::string_view master_ready = "landscaper-connected";

// A command through the master. Fails, never connects by itself, when the master is gone.
std::vector<std::string> session_arguments(const endpoint& host, const std::string& control_path,
                                           std::string_view script);

// A command over a connection of its own.
std::vector<std::string> direct_arguments(const endpoint& host, const pin& expected,
                                          const std::string& known_hosts_file, std::string_view script);

// The value of NIX_SSHOPTS for `nix copy --to ssh://`: through the master, and never by itself. Nix splits it
// at blanks, so a path that holds one is refused as bad_output.
result<std::string> nix_ssh_options(const std::string& control_path);

// `ssh-keygen` that makes an ed25519 pair without passphrase.
std::vector<std::string> keygen_arguments(const std::string& private_key_file, std::string_view comment);

}  // namespace landscaper::ssh
