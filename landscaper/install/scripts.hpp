// Pieces of shell text that the step tables share. Only for this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/install/plan.hpp"

namespace landscaper::install {

// `set -eu`, fail(), prove(): the first lines of every script.
std::string preamble();
// Stops unless this is the installer that the plan knows (the same boot, once that is learnt).
std::string on_the_installer(const install_plan& plan);
// Disks that were not chosen are read-only while a script runs.
std::string protect_others(const install_plan& plan);
// Shell function calls that stop unless each chosen disk is the one that was seen, and carries this attempt's
// marker: the open one, or (where the finished ones are being written) either.
std::string check_identities(const install_plan& plan);
std::string check_marked(const install_plan& plan, bool or_finished = false);
// `nix` with nothing enabled but what is named, pulling one closure from the rack's cache; ends the script
// with the proof `no_cache` where that cannot be reached.
std::string nix_copy(std::string_view cache_url, std::string_view cache_key, std::string_view path,
                     std::string_view to);

// The marker of this attempt in this state.
marker marker_of(const install_plan& plan, marker_state state);
// Hex of the part of a marker that does not depend on its time: what the host compares.
std::string marker_prefix(const install_plan& plan, marker_state state);
// The seed of landscaper-blank for this attempt.
std::string blank_seed(const install_plan& plan);

// Scripts of the steps.
std::string clock_script(const install_plan& plan);
std::string facts_script(const install_plan& plan);
std::string evidence_script(const install_plan& plan);
std::string marker_script(const install_plan& plan);
std::string format_script(const install_plan& plan);
std::string copy_script(const install_plan& plan);
std::string profile_script(const install_plan& plan);
std::string files_script(const install_plan& plan);
std::string loader_script(const install_plan& plan);
std::string boot_order_script(const install_plan& plan);
std::string unmount_script(const install_plan& plan);
std::string finish_script(const install_plan& plan);
std::string reboot_script(const install_plan& plan);
std::string installed_script(const install_plan& plan);

}  // namespace landscaper::install
