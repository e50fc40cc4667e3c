// What a person is shown before they allow a wipe, and what their word covers (contract 4). Pure.
#pragma once

#include <string>
#include <vector>

#include "landscaper/install/plan.hpp"
#include "landscaper/inventory/rack.hpp"
#include "landscaper/ledger/model.hpp"

namespace landscaper::job {

enum class arm_errc {
    refused = 1,  // nothing was allowed; the context says why, and what to do
};
const char* describe(arm_errc code);

// A disk that the gate does not open, as a person is shown it.
struct seen_disk {
    std::string identity;
    std::string path;
    std::string what;  // "disk /dev/vda holds ext4 'someone'"
    friend bool operator==(const seen_disk&, const seen_disk&) = default;
};
std::vector<seen_disk> seen_in(const std::vector<install::disk_evidence>& evidence);

struct wipe_preview {
    bool reinstalls = false;  // the host is installed; else it waits at the gate
    std::string mode;         // `disk.wipe`: own or any
    std::vector<seen_disk> disks;
};

// What arming the host would allow. `at_the_gate`: what was seen of its disks, while the gate holds. Refused,
// with the line to change, where `disk.wipe` covers no grant, and where the disks are not known yet.
result<wipe_preview> preview_wipe(const ledger::host& known, const inventory::host* declared,
                                  const std::vector<seen_disk>& at_the_gate);

// Whether a person who typed `typed`, having been shown `identities`, means what the preview says now.
result<void> agree(const wipe_preview& now, const std::string& host, const std::string& typed,
                   std::vector<std::string> identities);

// What there is to take back of what a person allowed.
enum class disarming {
    nothing,     // nothing was allowed, or it was used already
    permission,  // the grant; the host goes on waiting at its gate
    attempt,     // also the attempt that arming began: no disk was written, so the installation before stands
};
disarming what_to_disarm(const ledger::host& known, bool has_grant);
// The nonce of the installation that stands then.
ledger::id128 standing_nonce(const ledger::host& known);

// The attempt whose gate the grant opens.
std::uint64_t attempt_to_open(const ledger::host& known, const wipe_preview& preview);

}  // namespace landscaper::job

LANDSCAPER_ERROR_ENUM(landscaper::job, arm_errc, "arm")
