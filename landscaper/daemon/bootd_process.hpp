// landscaper-bootd where there is no service manager: started in a session of its own unless one answers, so
// that it outlives a killed serve, and stopped with serve's orderly end.
#pragma once

#include <sys/types.h>

#include <string>

#include "landscaper/async/task.hpp"
#include "landscaper/daemon/options.hpp"

namespace landscaper::daemon {

// The process id of the bootd that answers on the runtime folder's socket, started now if none did. Fails
// with bootd's own words when it ends before it answers.
task<pid_t> have_bootd(options opts, std::vector<std::string> interfaces);

// SIGTERM, then waits until it no longer answers, at most 5 s.
task<> stop_bootd(options opts, pid_t pid);

}  // namespace landscaper::daemon
