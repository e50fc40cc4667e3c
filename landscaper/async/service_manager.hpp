// What a service manager hands to a daemon and hears from it: LISTEN_FDS in, NOTIFY_SOCKET out
// (sd_listen_fds(3), sd_notify(3)), without libsystemd. Does nothing where the variables are absent.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace landscaper::service_manager {

// The passed descriptors by LISTEN_FDNAMES; several may share a name. The order is not stable: go by name.
// Unsets the variables, so that children do not take them for theirs.
std::multimap<std::string, unique_fd> listen_fds();

// Sends "READY=1", "STATUS=..." and so on; several assignments are separated by line ends.
result<void> notify(std::string_view state);

// The environment and the order of descriptors (3, 4, ...) for starting a daemon in place of a service
// manager. LISTEN_PID cannot be known before the start; listen_fds() takes LISTEN_PID=self for its own.
std::vector<std::string> listen_environment(const std::vector<std::string>& names);

}  // namespace landscaper::service_manager
