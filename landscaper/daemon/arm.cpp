#include "landscaper/daemon/arm.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/control/error.hpp"

namespace landscaper::daemon {

using control::control_errc;
using inventory::wipe_policy;

static error refused(std::string why) {
    return {control_errc::refused, std::move(why)};
}

static error uncovered(const inventory::host& declared) {
    auto line = declared.lines.of("disk");
    return refused("inventory.yaml:" + std::to_string(line) + ": `disk.wipe` of " + declared.name + " is `" +
                   std::string(inventory::word(declared.disk.wipe)) +
                   "`, which no permission widens; write `wipe: own` there to install it anew over its own "
                   "installation, or `wipe: any` whatever its disks hold, then `landscaper arm " +
                   declared.name + "`");
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

result<wipe_preview> preview_wipe(const host_job& job) {
    const auto& known = job.known();
    auto* declared = job.declared();
    if (!declared) return refused(known.name + " is not in the inventory");
    auto policy = declared->disk.wipe;
    if (policy != wipe_policy::own && policy != wipe_policy::any) return uncovered(*declared);
    wipe_preview out;
    out.mode = inventory::word(policy);
    out.disks = job.seen_disks();
    if (out.disks.empty() && job::standing_of(known) >= job::standing::rebooting) {
        out.reinstalls = true;
        out.disks = installed_disks(known);
    }
    if (out.disks.empty()) {
        return refused("the disks of " + known.name +
                       " are not known yet: switch it on, and arm it when it waits at the gate");
    }
    return out;
}

nlohmann::json to_json(const wipe_preview& preview, const std::string& host) {
    auto disks = nlohmann::json::array();
    for (const auto& disk : preview.disks) {
        disks.push_back({{"identity", disk.identity}, {"path", disk.path}, {"what", disk.what}});
    }
    return {{"host", host}, {"mode", preview.mode}, {"reinstalls", preview.reinstalls}, {"disks", disks}};
}

static result<wipe_preview> agreed(const host_job& job, const std::string& typed,
                                   std::vector<std::string> identities) {
    TRY(auto preview, preview_wipe(job));
    if (typed != job.known().name)
        return refused("the name that was typed is not " + job.known().name + "; nothing was allowed");
    std::vector<std::string> present;
    for (const auto& disk : preview.disks) present.push_back(disk.identity);
    std::ranges::sort(present);
    std::ranges::sort(identities);
    if (present != identities)
        return refused("the disks of " + typed + " are not those that you were shown; look again");
    return preview;
}

task<std::string> arm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job,
                      std::string typed, std::vector<std::string> identities) {
    CO_TRY(auto preview, agreed(job, typed, identities));
    auto id = job.known().id;
    auto attempt = job.known().attempt + (preview.reinstalls ? 1 : 0);
    CO_TRY_VOID(job.granted().put(id, attempt, identities));
    if (!preview.reinstalls) {
        job.retry();
        co_return typed + " may be wiped once within an hour; its installation goes on";
    }
    co_await job.stop();
    CO_TRY_VOID(co_await rack.ledger->commit_one(ledger::attempt_started{id, new_id(), now_ms()}));
    job.publish_entry();
    CO_TRY_VOID(jobs.declare(runner));
    std::vector<engine::path> roots;
    roots.push_back(engine::path{"hosts", typed});
    runner.confirm(roots);
    runner.retry(roots);
    rack.changed();
    co_return typed + " may be wiped once within an hour; attempt " + std::to_string(attempt) +
        " begins: it is sent to the network if it answers, else switch it on";
}

}  // namespace landscaper::daemon
