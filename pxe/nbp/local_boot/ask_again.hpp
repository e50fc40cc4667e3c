// Waiting, and asking the network again for what to start.
#pragma once

#include "pxe/nbp/local_boot/efi.hpp"

// Waits; true when someone pressed F, which means: back to the firmware.
bool wait_for_key(uint32_t seconds);

// Starts whatever the device that we were loaded from gives now: for a network card the whole of DHCP and
// download again, as the firmware's boot manager does it. False when nothing could be loaded.
bool boot_again(efi::handle self);

// Whether the program that started us is this program too; it then does the waiting. Also marks ourselves.
bool mark_and_look_at_parent(efi::handle self);
