// The daemon: wires inventory, ledger, engine, host jobs, bootd and the control socket together.
#pragma once

#include "landscaper/daemon/options.hpp"

namespace landscaper::daemon {

// Runs until SIGTERM or SIGINT. Exit code: 0 stopped in order, 1 could not start or broke, 2 bad inventory or
// options. Says on stderr what is wrong and what to do.
int serve(const options& opts);

}  // namespace landscaper::daemon
