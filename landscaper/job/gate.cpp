#include "landscaper/job/gate.hpp"

#include <fnmatch.h>

#include "landscaper/install/joined.hpp"
#include "landscaper/job/life.hpp"

namespace landscaper::job {

using install::install_errc;

namespace {

// `disk.match`: patterns with * and ? for names below /dev/disk/by-id; a disk counts once.
void add_matching(std::vector<std::string>& devices, const install::disk_facts& disk,
                  const std::string& pattern) {
    for (const auto& path : disk.by_id) {
        auto name = path.substr(path.rfind('/') + 1);
        if (::fnmatch(pattern.c_str(), name.c_str(), 0) != 0) continue;
        devices.push_back(path);
        return;
    }
}

install::wipe_mode mode_of(inventory::wipe_policy policy) {
    switch (policy) {
        case inventory::wipe_policy::blank: return install::wipe_mode::blank;
        case inventory::wipe_policy::own: return install::wipe_mode::own;
        case inventory::wipe_policy::any: return install::wipe_mode::any;
        case inventory::wipe_policy::never: return install::wipe_mode::never;
    }
    return install::wipe_mode::never;
}

void add_markers(std::vector<ledger::change>& to, const ledger::host& known,
                 const install::install_plan& plan, bool finished, ledger::unix_ms now) {
    for (const auto& disk : plan.disks) {
        to.push_back(
            ledger::marker_written{known.id, {install::identity_of(disk), finished, plan.nonce, now}});
    }
}

}  // namespace

result<install::disk_choice> choose_disks(const inventory::disk_wish& wanted, const install::facts& machine) {
    install::disk_wish wish;
    wish.devices = wanted.devices;
    wish.serials = wanted.serials;
    for (const auto& pattern : wanted.matches) {
        for (const auto& disk : machine.disks) add_matching(wish.devices, disk, pattern);
    }
    if (!wanted.matches.empty() && wish.devices.empty()) {
        return error(install_errc::hold,
                     "no disk matches `disk.match`; correct the inventory, or look at the cables");
    }
    auto chosen = install::choose_disks(machine, wish);
    if (auto* stop = std::get_if<install::hold>(&chosen)) return error(install_errc::hold, stop->reason);
    return std::get<install::disk_choice>(std::move(chosen));
}

result<void> check_count(const inventory::disk_wish& wanted, std::size_t chosen) {
    auto layout = wanted.layout;
    bool is_single = inventory::is_of_one_disk(layout);
    if ((!inventory::is_mirror(layout) || chosen >= 2) && (!is_single || chosen == 1)) return {};
    return error(install_errc::hold, "layout " + std::string(inventory::word(layout)) + " is for " +
                                         (is_single ? "one disk" : "two disks or more") + ", and " +
                                         std::to_string(chosen) + (chosen == 1 ? " is" : " are") +
                                         " meant by the inventory; name them");
}

result<void> check_firmware(const inventory::host& declared, install::firmware boots_by) {
    using kind = inventory::firmware_kind;
    auto has = boots_by == install::firmware::bios ? kind::bios : kind::uefi;
    if (has == declared.firmware) return {};
    auto name = [](kind of) { return std::string(of == kind::bios ? "BIOS" : "UEFI"); };
    auto entry = [](kind of) { return "`firmware: " + std::string(inventory::word(of)) + "`"; };
    return error(install_errc::hold, "inventory.yaml:" + std::to_string(declared.lines.of("firmware")) +
                                         ": the server boots by " + name(has) + ", and " + declared.name +
                                         " is declared with " + entry(declared.firmware) + "; write " +
                                         entry(has) + " for it, or choose " + name(declared.firmware) +
                                         " in the server's set-up");
}

result<void> check_sectors(install::firmware boots_by, const std::vector<install::disk_facts>& chosen) {
    if (boots_by != install::firmware::bios) return {};
    for (const auto& disk : chosen) {
        if (disk.sector == 512) continue;
        return error(install_errc::hold,
                     "disk " + disk.path + " has sectors of " + std::to_string(disk.sector) +
                         " bytes, from which no BIOS starts; choose UEFI in the server's "
                         "set-up and `firmware: uefi` in inventory.yaml, or another disk");
    }
    return {};
}

install::gate_question gate_question(const ledger::host& known, const install::install_plan& plan,
                                     inventory::wipe_policy policy, std::optional<install::grant> given) {
    install::gate_question out;
    out.mode = mode_of(policy);
    out.ledger.rack = plan.rack;
    out.ledger.host = known.id;
    out.ledger.key_id = plan.key_id;
    out.ledger.attempt = known.attempt;
    out.ledger.nonce = known.nonce;
    for (const auto& marker : known.markers) {
        if (marker.finished) out.ledger.installed_nonce = marker.nonce;
        if (marker.nonce != known.nonce) continue;
        out.ledger.marker_intended = true;
        out.ledger.marked.push_back(marker.disk);
    }
    auto* finish = known.find_step(installation, "finish");
    out.ledger.finish_intended = finish && finish->intent;
    out.disks = plan.evidence;
    out.joined = install::joined_to_others(plan.disks, plan.others);
    out.grant = std::move(given);
    return out;
}

std::string remedy(const install::gate_question& asked, const std::string& host) {
    for (const auto& disk : asked.disks) {
        if (disk.identity.empty() || !disk.holders.empty()) return "";
    }
    if (asked.joined || asked.disks.empty() || asked.mode == install::wipe_mode::never) return "";
    if (asked.mode == install::wipe_mode::blank) {
        return "; to lose that, write `wipe: any` for it in inventory.yaml, then landscaper arm " + host;
    }
    if (!asked.grant) return "; landscaper arm " + host + " allows to lose that, once";
    if (!asked.grant->live) return "; the permission of landscaper arm has expired, give it again";
    if (asked.grant->attempt != asked.ledger.attempt) return "";
    return "; the permission of landscaper arm does not cover this";
}

std::vector<ledger::change> opening(const ledger::host& known, const install::install_plan& plan,
                                    ledger::unix_ms now) {
    std::vector<ledger::change> out;
    if (plan.destroy) {
        out.push_back(
            ledger::step_proof{known.id, std::string(installation), std::string(step_grant), "used", now});
    }
    add_markers(out, known, plan, false, now);
    return out;
}

std::vector<ledger::change> finishing(const ledger::host& known, const install::install_plan& plan,
                                      ledger::unix_ms now) {
    std::vector<ledger::change> out;
    add_markers(out, known, plan, true, now);
    if (!plan.esps.empty()) out.push_back(ledger::host_esp{known.id, plan.esps.front().guid});
    return out;
}

bool may_destroy(const ledger::host& known) {
    return known.is_proven(installation, step_grant);
}

}  // namespace landscaper::job
