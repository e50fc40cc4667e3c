// What the wipe gate is asked, and what its answer lets the stage host.install do: the choice of the disks,
// the gate itself, the layout of what it opened.
#include <nlohmann/json.hpp>

#include "landscaper/base/overloaded.hpp"
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/install/step.hpp"
#include "landscaper/job/gate.hpp"

namespace landscaper::daemon {

using install::install_errc;

result<void> host_job::choose(install::install_plan& plan) {
    TRY_VOID(job::check_firmware(*declared(), plan.machine.firmware));
    TRY(auto choice, job::choose_disks(declared()->disk, plan.machine));
    plan.disks = std::move(choice.chosen);
    plan.others = std::move(choice.others);
    TRY_VOID(job::check_sectors(plan.machine.firmware, plan.disks));
    if (declared()->disko.empty()) {
        TRY_VOID(job::check_count(declared()->disk, plan.disks.size()));
    }
    // Before anything is written, not only before it is copied.
    return install::check_room(plan);
}

static bool opens(const install::verdict& verdict) {
    return std::holds_alternative<install::proceed>(verdict);
}

// The only way to the first write; whether only the finished markers are left to write. What it allows is in
// the ledger (the markers it is about to write) before anything is done.
task<bool> host_job::pass_gate(install::install_plan& plan) {
    auto question = job::gate_question(known(), plan, declared()->disk.wipe, grants_.find(id_));
    auto verdict = install::decide(question);
    // A specification that cannot be evaluated is told before anything is lost for it. Meanwhile a permission
    // may have been taken back, or the inventory changed.
    if (opens(verdict) && plan.layout.format.empty()) {
        CO_TRY_VOID(co_await lay_out(plan));
        CO_TRY_VOID(unless_stopped());
        question = job::gate_question(known(), plan, declared()->disk.wipe, grants_.find(id_));
        verdict = install::decide(question);
    }
    rack_.log(known().name, "wipe gate: " + install::describe(verdict));
    auto stop = std::visit(overloaded{
                               [&](const install::proceed& v) {
                                   plan.destroy = v.destroy;
                                   return std::string();
                               },
                               [](const install::finish&) { return std::string(); },
                               [](const install::boot_disk& v) { return v.reason; },
                               [](const install::offer_takeover& v) { return v.reason; },
                               [](const install::hold& v) { return v.reason; },
                           },
                           verdict);
    seen_disks_ = job::seen_in(plan.evidence);
    if (!stop.empty()) co_return error(install_errc::hold, stop + job::remedy(question, known().name));
    seen_disks_.clear();
    if (std::holds_alternative<install::finish>(verdict)) co_return true;
    if (plan.destroy) {
        CO_TRY_VOID(grants_.use(id_));
    }
    auto batch = job::opening(known(), plan, now_ms());
    CO_TRY_VOID(co_await commit(std::move(batch)));
    co_return false;
}

static std::string stable_path(const install::disk_facts& disk) {
    if (disk.by_id.empty()) return disk.path;
    return disk.by_id.front();
}

task<> host_job::lay_out(install::install_plan& plan) {
    const auto& from = *declared();
    nix::layout_request request;
    request.layout = from.disko.empty() ? std::string(inventory::word(from.disk.layout)) : "";
    request.disko = from.disko;
    request.bios = from.firmware == inventory::firmware_kind::bios;
    request.esp_size = from.disk.esp_size;
    for (const auto& disk : plan.disks) request.devices.push_back(stable_path(disk));
    CO_TRY(auto made, co_await rack_.nix->layout(std::move(request)));
    plan.layout.destroy = made.destroy;
    plan.layout.format = made.format;
    plan.layout.mount = made.mount;
    plan.layout.unmount = made.unmount;
    plan.layout.source = made.source;
    rack_.log(known().name, "disk layout by " + made.source);
    co_return result<void>();
}

}  // namespace landscaper::daemon
