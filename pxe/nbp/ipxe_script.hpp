// Scripts for iPXE, and GRUB's configuration. Names in them are relative: iPXE resolves them against the
// script's own address, so a script fits every address and protocol it is fetched by. Only commands that the
// iPXE of Debian 12 (2019) has.
#pragma once

#include <string>
#include <string_view>

#include "pxe/nbp/error.hpp"

namespace pxe::nbp {

// Loads `kernel`, `initrd` and `host.cpio` from the script's folder and starts them; on failure says so and
// tries again every 10 s. The initrds are named on the command line: under UEFI the kernel of that iPXE's
// time loads only what is named.
landscaper::result<std::string> install_script(std::string_view host, std::string_view command_line);

// GRUB's grub.cfg: the same three files from GRUB's own folder (`prefix`: where it was loaded from, by TFTP).
// The first program of hosts with `nbp: grub`.
landscaper::result<std::string> grub_install_config(std::string_view host, std::string_view command_line);

// UEFI, installed: chains local.efi from the script's folder, which finds the loader on the disk.
std::string chain_local_script(std::string_view host);

// BIOS, installed: the first disk.
std::string sanboot_script(std::string_view host);

// Prints `reason` (may have several lines) and asks landscaper again after 30 s: DHCP anew, then whatever it
// names now. Without an answer the machine is restarted.
std::string hold_script(std::string_view host, std::string_view reason);

}  // namespace pxe::nbp
