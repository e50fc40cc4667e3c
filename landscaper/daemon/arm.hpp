// `landscaper arm`, carried out: the decisions are in job/arm.hpp.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "landscaper/control/io/backend.hpp"
#include "landscaper/daemon/hosts.hpp"
#include "landscaper/job/arm.hpp"

namespace landscaper::daemon {

// job::preview_wipe of what the job knows.
result<job::wipe_preview> preview_wipe(const host_job& job);
nlohmann::json to_json(const job::wipe_preview& preview, const std::string& host);

// Gives the grant for exactly these disks; `typed` is the host's name as the person typed it. An installed
// host begins its next attempt; where it does not answer, a person has to send it to the network.
task<control::arming> arm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job,
                          std::string typed, std::vector<std::string> identities);

// Takes back what was allowed, as long as nothing was written. Returns one sentence for the operator.
task<std::string> disarm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job);

}  // namespace landscaper::daemon
