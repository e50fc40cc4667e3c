// Finds the boot loader on a local disk and starts it.
#pragma once

#include "pxe/nbp/local_boot/efi.hpp"

// Prefers the partition with this GUID (16 bytes as EFI stores them; all zero: none), else any EFI system
// partition on a disk that is neither removable nor USB. Says what it does. Returns only when nothing could
// be started, or what was started has come back.
void start_local_loader(efi::handle self, const uint8_t* esp);
