// How a host is told to start a new generation once, while the one before stays its boot loader's default.
// Only for this folder.
#pragma once

#include <string>

#include "landscaper/install/system.hpp"

namespace landscaper::install {

// Shell text; needs $profile, $toplevel and $previous, and sets `once` to yes or no. Until the new kernel has
// proven itself the previous generation stays the loader's default, at every moment: it writes the loader's
// entries, of all generations as NixOS does, and the loader is told to start the new one once: systemd-boot
// by LoaderEntryOneShot (Boot Loader Interface), GRUB by next_entry (GRUB manual, "The GRUB environment
// block"), where its menu looks for that and GRUB can write there (NixOS: install-grub.pl). Another loader
// makes the new one the default at once.
std::string boot_once_text(const system_plan& plan);

// Shell text that takes the order back where it was not used up.
std::string forget_once_text(const system_plan& plan);

}  // namespace landscaper::install
