// The iPXE scripts, and GRUB's configurations, that need nothing of a host: start its disk, wait, ask again.
// Text only.
#pragma once

#include <string>
#include <string_view>

namespace pxe::proxy {

// UEFI: chain the local-boot NBP at `local_efi_url`; BIOS: the first disk. Asks again when that fails.
std::string local_script(std::string_view local_efi_url);
// Says that nothing is installed yet, and asks again every 30 s.
std::string hold_script();
// What an iPXE that was started without a host's name finds beside itself: the ordinary way.
std::string autoboot_script();
// The same two for a BIOS host whose first program is GRUB. GRUB cannot ask again, so it restarts the
// machine.
std::string local_grub_config();
std::string hold_grub_config();

}  // namespace pxe::proxy
