// How an installed host is sent to the network once more, to be installed anew or looked at: over the session
// that its permanent key has proven.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/mac_address.hpp"

namespace landscaper::install {

// Bash for the host: sets UEFI's BootNext (UEFI specification, 3.3) to the firmware's own network entry of
// one of these cards: an IPv4 one before others, UEFI HTTP Boot last. Prints the proof `next`: the entry's
// number, or `none` where the firmware has no such entry or is no UEFI; then its own boot order decides.
std::string boot_next_script(const std::vector<mac_address>& macs,
                             std::string_view efivars = "/sys/firmware/efi/efivars");
// boot_next_script() and an orderly reboot a second later.
std::string leave_script(const std::vector<mac_address>& macs);

}  // namespace landscaper::install
