// ssh.exec: runs a command on any machine that accepts landscaper's key, under a host key that is given.
#pragma once

#include <memory>

#include "landscaper/daemon/rack_context.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::daemon {

// Inputs: address (IPv4 or IPv6), public_key (the one key that the machine is believed under), command (shell
// text), and if wanted user ("root"), port (22), stdin, once (only at creation; needs state). Output: stdout,
// at most 16 MiB. What the command did is its own: destroying the resource runs nothing. try_again while the
// machine does not answer and nothing was sent; a command that may have begun is never sent again by itself.
std::shared_ptr<provider::resource_type> make_ssh_exec(rack_context& rack);

}  // namespace landscaper::daemon
