// The steps of an installation (resource host.install), in order. The host job runs the rows one by one;
// between them it decides: after `facts` choose_disks(), after `evidence` decide(), before `format` the
// layout, between `finish` and `reboot` the boot entry `local` and bootd's acknowledgement (contract 1).
#pragma once

#include <span>

#include "landscaper/install/plan.hpp"
#include "landscaper/ssh/step.hpp"

namespace landscaper::install {

using install_step = ssh::step_row<install_plan>;

// clock facts evidence marker format copy profile files loader boot_order unmount finish reboot installed.
// A host that was started again in between (the scripts say so: plan.boot_id) begins again with `clock`, its
// plan's boot_id emptied; the gate then finds this attempt's marker. `installed` is asked of the system on
// the disk, after the reboot, still under the temporary key.
std::span<const install_step> install_steps();

// Refuses before copying what cannot fit, with the figures: RAM for the installer, disk for the closure.
result<void> check_room(const install_plan& plan);

}  // namespace landscaper::install
