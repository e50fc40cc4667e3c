// `landscaper arm`: what a person is shown before they allow a wipe, and what their word does (contract 4).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "landscaper/daemon/hosts.hpp"

namespace landscaper::daemon {

struct wipe_preview {
    bool reinstalls = false;  // the host is installed; else it waits at the gate
    std::string mode;         // `disk.wipe`: own or any
    std::vector<seen_disk> disks;
};

// What arming the host would allow. Refused, with the line to change, where `disk.wipe` covers no grant, and
// where the disks are not known yet.
result<wipe_preview> preview_wipe(const host_job& job);
nlohmann::json to_json(const wipe_preview& preview, const std::string& host);

// Gives the grant for exactly these disks; `typed` is the host's name as the person typed it. An installed
// host begins its next attempt. Returns one sentence for the operator.
task<std::string> arm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job,
                      std::string typed, std::vector<std::string> identities);

}  // namespace landscaper::daemon
