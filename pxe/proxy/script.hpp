// The iPXE scripts that need nothing of a host: start its disk, wait, ask again. Text only.
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

}  // namespace pxe::proxy
