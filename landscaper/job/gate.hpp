// Between the inventory and the ledger on one side and the wipe gate on the other: which disks an entry
// means, what the gate is asked, and what its answer lets the ledger say. Pure; the host job carries it out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "landscaper/install/gate.hpp"
#include "landscaper/install/plan.hpp"
#include "landscaper/inventory/rack.hpp"
#include "landscaper/ledger/change.hpp"

namespace landscaper::job {

// The disks that the entry names on this machine; install_errc::hold with the sentence when a person has to
// say which.
result<install::disk_choice> choose_disks(const inventory::disk_wish& wanted, const install::facts& machine);

// Whether the layout is one for so many disks: a pattern may fit more of them than its author thought of.
result<void> check_count(const inventory::disk_wish& wanted, std::size_t chosen);

// Whether the machine boots by what the inventory says, as it asked for a network boot or as the installer
// found it: layout and loader are made for one or the other. install_errc::hold names the line to change.
result<void> check_firmware(const inventory::host& declared, install::firmware boots_by);

// Whether that firmware can start what is installed on these disks: a BIOS reads sectors of 512 bytes only.
result<void> check_sectors(install::firmware boots_by, const std::vector<install::disk_facts>& chosen);

// What the gate is asked about plan.evidence. `given` must have been read in the same breath.
install::gate_question gate_question(const ledger::host& known, const install::install_plan& plan,
                                     inventory::wipe_policy policy, std::optional<install::grant> given);

// What a person can do about a gate that holds, as the end of its sentence; empty where no permission would
// open it.
std::string remedy(const install::gate_question& asked, const std::string& host);

// What the ledger says before the first byte is written: the markers that are about to be, and that the grant
// (already taken away) was used, if plan.destroy says that it was needed.
std::vector<ledger::change> opening(const ledger::host& known, const install::install_plan& plan,
                                    ledger::unix_ms now);
// What becomes true with the proof of `finish`.
std::vector<ledger::change> finishing(const ledger::host& known, const install::install_plan& plan,
                                      ledger::unix_ms now);

// Whether disko's destroy mode may run on disks that carry this attempt's marker: what a grant of the attempt
// allowed may go on after a restart. The marker itself is written anew only by the gate's present verdict.
bool may_destroy(const ledger::host& known);

}  // namespace landscaper::job
