// The steps of nixos.system: the final system copied into the running host, activated with a dead-man
// roll-back, booted into once when its kernel or initrd differ, made the default only when it was reached,
// and the generation proven.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "landscaper/ssh/step.hpp"

namespace landscaper::install {

struct system_plan {
    std::string name;
    std::string toplevel;              // store path
    std::uint64_t toplevel_bytes = 0;  // NAR size of the closure, 0 = unknown
    std::string cache_url, cache_key;
    bool is_pushed = false;  // landscaper has copied it there: the copy step only proves it
    std::string activation;  // names this activation on the host; [a-z0-9._-], unique per try
    std::chrono::seconds confirm_within{300};
    std::string efivars = "/sys/firmware/efi/efivars";    // on the host
    std::string loader_entries = "/boot/loader/entries";  // systemd-boot's, there
    std::string grub = "/boot/grub";                      // GRUB's menu and environment block, there

    // Learnt.
    std::string previous;  // what /run/current-system was before
    std::uint64_t generation = 0;
    bool needs_reboot = false;        // kernel or initrd differ from the booted ones
    bool is_default_at_once = false;  // its boot loader cannot start the new kernel once
    std::string boot_id;
};

using system_step = ssh::step_row<system_plan>;

// copy compare activate, then confirm (it runs; now it is made what the host boots) or restart and default
// (another kernel, booted once where the loader can, then made the default by its own proof), then
// generation. That the system accepts landscaper's key is checked before (nix/admission.hpp).
std::span<const system_step> system_steps();
// The failure of a step that says that the host does not run the new system, whatever was proven before.
bool is_back(const error& failure);
// Whether that says nothing against the new system: the host was started again too early, or landscaper was
// not there all the time to reach it.
bool is_excused(const error& failure, bool was_there);
// The next step after `done` (empty = the first); empty = finished.
std::string_view next_system_step(const system_plan& plan, std::string_view done);

}  // namespace landscaper::install
