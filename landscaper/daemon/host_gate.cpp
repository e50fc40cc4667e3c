// What the wipe gate is asked, and what its answer lets the stage host.install do: the choice of the disks,
// the gate itself, the layout of what it opened.
#include <fnmatch.h>

#include <nlohmann/json.hpp>

#include "landscaper/base/overloaded.hpp"
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/install/gate.hpp"

namespace landscaper::daemon {

using install::install_errc;

// `disk.match`: patterns with * and ? for names below /dev/disk/by-id; a disk counts once.
static void add_matching(std::vector<std::string>& devices, const install::disk_facts& disk,
                         const std::string& pattern) {
    for (const auto& path : disk.by_id) {
        auto name = path.substr(path.rfind('/') + 1);
        if (::fnmatch(pattern.c_str(), name.c_str(), 0) != 0) continue;
        devices.push_back(path);
        return;
    }
}

result<void> host_job::choose(install::install_plan& plan) {
    const auto& wanted = declared()->disk;
    install::disk_wish wish;
    wish.devices = wanted.devices;
    wish.serials = wanted.serials;
    for (const auto& pattern : wanted.matches) {
        for (const auto& disk : plan.machine.disks) add_matching(wish.devices, disk, pattern);
    }
    if (!wanted.matches.empty() && wish.devices.empty()) {
        return error(install_errc::hold,
                     "no disk matches `disk.match`; correct the inventory, or look at the cables");
    }
    auto chosen = install::choose_disks(plan.machine, wish);
    if (auto* stop = std::get_if<install::hold>(&chosen)) return error(install_errc::hold, stop->reason);
    auto& choice = std::get<install::disk_choice>(chosen);
    plan.disks = std::move(choice.chosen);
    plan.others = std::move(choice.others);
    return {};
}

static install::wipe_mode mode_of(inventory::wipe_policy policy) {
    switch (policy) {
        case inventory::wipe_policy::blank: return install::wipe_mode::blank;
        case inventory::wipe_policy::own: return install::wipe_mode::own;
        case inventory::wipe_policy::any: return install::wipe_mode::any;
        case inventory::wipe_policy::never: return install::wipe_mode::never;
    }
    return install::wipe_mode::never;
}

// What a person can do about a gate that holds; nothing where no permission would open it.
static std::string remedy(const install::gate_question& question, const std::string& host) {
    for (const auto& disk : question.disks) {
        if (disk.identity.empty() || !disk.holders.empty()) return "";
    }
    if (question.disks.empty() || question.mode == install::wipe_mode::never) return "";
    if (question.mode == install::wipe_mode::blank) {
        return "; to lose that, write `wipe: any` for it in inventory.yaml, then landscaper arm " + host;
    }
    if (!question.grant) return "; landscaper arm " + host + " allows to lose that, once";
    if (!question.grant->live) return "; the permission of landscaper arm has expired, give it again";
    if (question.grant->attempt != question.ledger.attempt) return "";
    return "; the permission of landscaper arm does not cover this";
}

// What a person is shown before they arm the host.
void host_job::look_at(const install::install_plan& plan) {
    seen_disks_.clear();
    for (const auto& disk : plan.evidence) {
        auto why = install::why_not_blank(disk);
        seen_disks_.push_back({disk.identity, disk.path, why ? *why : "disk " + disk.path + " is blank"});
    }
}

// The only way to the first write; whether only the finished markers are left to write. What it allows is in
// the ledger (the markers it is about to write) before anything is done.
task<bool> host_job::pass_gate(install::install_plan& plan) {
    install::gate_question question;
    question.mode = mode_of(declared()->disk.wipe);
    question.ledger.rack = plan.rack;
    question.ledger.host = id_;
    question.ledger.key_id = plan.key_id;
    question.ledger.attempt = plan.attempt;
    question.ledger.nonce = plan.nonce;
    for (const auto& marker : known().markers) {
        if (marker.finished) question.ledger.installed_nonce = marker.nonce;
        if (marker.nonce != plan.nonce) continue;
        question.ledger.marker_intended = true;
        question.ledger.marked.push_back(marker.disk);
    }
    auto* finish = known().find_step(job::installation, "finish");
    question.ledger.finish_intended = finish && finish->intent;
    question.disks = plan.evidence;
    question.grant = grants_.find(id_);
    auto verdict = install::decide(question);
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
    look_at(plan);
    if (!stop.empty()) co_return error(install_errc::hold, stop + remedy(question, known().name));
    seen_disks_.clear();
    if (std::holds_alternative<install::finish>(verdict)) co_return true;
    std::vector<ledger::change> batch;
    if (plan.destroy) {
        CO_TRY_VOID(grants_.use(id_));
        batch.push_back(ledger::step_proof{id_, std::string(job::installation), std::string(job::step_grant),
                                           "used", now_ms()});
    }
    for (const auto& disk : plan.disks) {
        batch.push_back(
            ledger::marker_written{id_, {install::identity_of(disk), false, plan.nonce, now_ms()}});
    }
    CO_TRY_VOID(co_await commit(std::move(batch)));
    co_return false;
}

static std::string stable_path(const install::disk_facts& disk) {
    if (disk.by_id.empty()) return disk.path;
    return disk.by_id.front();
}

// Comes after the markers: a disk that carries this attempt's is this attempt's, so what a grant of it
// allowed may go on after a restart. The marker itself is written anew only by the gate's present verdict.
task<> host_job::lay_out(install::install_plan& plan) {
    plan.destroy = known().is_proven(job::installation, job::step_grant);
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
