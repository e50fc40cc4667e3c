#include "landscaper/job/arm.hpp"

#include <algorithm>

#include "landscaper/job/life.hpp"

namespace landscaper::job {

using inventory::wipe_policy;

const char* describe(arm_errc) {
    return "nothing was allowed";
}

static error refused(std::string why) {
    return {arm_errc::refused, std::move(why)};
}

static error uncovered(const inventory::host& declared) {
    auto line = declared.lines.of("disk");
    return refused("inventory.yaml:" + std::to_string(line) + ": `disk.wipe` of " + declared.name + " is `" +
                   std::string(inventory::word(declared.disk.wipe)) +
                   "`, which no permission widens; write `wipe: own` there to install it anew over its own "
                   "installation, or `wipe: any` whatever its disks hold, then `landscaper arm " +
                   declared.name + "`");
}

std::vector<seen_disk> seen_in(const std::vector<install::disk_evidence>& evidence) {
    std::vector<seen_disk> out;
    for (const auto& disk : evidence) {
        auto why = install::why_not_blank(disk);
        out.push_back({disk.identity, disk.path, why ? *why : "disk " + disk.path + " is blank"});
    }
    return out;
}

static std::vector<seen_disk> installed_disks(const ledger::host& known) {
    std::vector<seen_disk> out;
    for (const auto& marker : known.markers) {
        if (!marker.finished) continue;
        auto what = "disk " + marker.disk + " carries this host's own installation";
        if (!known.generations.empty())
            what += ", generation " + std::to_string(known.generations.back().number);
        out.push_back({marker.disk, "", std::move(what)});
    }
    return out;
}

result<wipe_preview> preview_wipe(const ledger::host& known, const inventory::host* declared,
                                  const std::vector<seen_disk>& at_the_gate) {
    if (!declared) return refused(known.name + " is not in the inventory");
    auto policy = declared->disk.wipe;
    if (policy != wipe_policy::own && policy != wipe_policy::any) return uncovered(*declared);
    wipe_preview out;
    out.mode = inventory::word(policy);
    out.disks = at_the_gate;
    if (out.disks.empty() && standing_of(known) >= standing::rebooting) {
        out.reinstalls = true;
        out.disks = installed_disks(known);
    }
    if (out.disks.empty()) {
        return refused("the disks of " + known.name +
                       " are not known yet: switch it on, and arm it when it waits at the gate");
    }
    return out;
}

result<void> agree(const wipe_preview& now, const std::string& host, const std::string& typed,
                   std::vector<std::string> identities) {
    if (typed != host) return refused("the name that was typed is not " + host + "; nothing was allowed");
    std::vector<std::string> present;
    for (const auto& disk : now.disks) present.push_back(disk.identity);
    std::ranges::sort(present);
    std::ranges::sort(identities);
    if (present != identities)
        return refused("the disks of " + typed + " are not those that you were shown; look again");
    return {};
}

disarming what_to_disarm(const ledger::host& known, bool has_grant) {
    if (known.is_proven(installation, step_grant)) return disarming::nothing;
    if (known.is_installed() && !has_begun_writing(known) && known.attempt > 1) return disarming::attempt;
    return has_grant ? disarming::permission : disarming::nothing;
}

ledger::id128 standing_nonce(const ledger::host& known) {
    ledger::id128 out{};
    for (const auto& marker : known.markers) {
        if (marker.finished) out = marker.nonce;
    }
    return out;
}

std::uint64_t attempt_to_open(const ledger::host& known, const wipe_preview& preview) {
    return known.attempt + (preview.reinstalls ? 1 : 0);
}

}  // namespace landscaper::job
