#include "landscaper/install/leave.hpp"

#include "landscaper/base/hex.hpp"
#include "landscaper/install/scripts.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

// Device path nodes as hex (UEFI specification 10.3.4): MAC address 03 0b, IPv4 03 0c, URI 03 18.
static constexpr std::string_view choose_entry = R"sh(
global=8be4df61-93ca-11d2-aa0d-00e098032b8c
worth() { # HEX: how well an entry suits, 0 = not at all
    for mac in $macs; do
        case $1 in *030b2500"$mac"*) ;; *) continue ;; esac
        case $1 in *0318*) echo 1 ;; *030c1b00*) echo 3 ;; *) echo 2 ;; esac
        return 0
    done
    echo 0
}
best=0 entry=
for file in "$efivars"/Boot[0-9A-F][0-9A-F][0-9A-F][0-9A-F]-$global; do
    [ -e "$file" ] || continue
    points=$(worth "$(od -An -v -tx1 "$file" | tr -d ' \n')")
    [ "$points" -gt "$best" ] || continue
    best=$points entry=${file##*/Boot} entry=${entry%%-*}
done
if [ -z "$entry" ]; then
    prove next none
else
    next=$efivars/BootNext-$global
    ! [ -e "$next" ] || chattr -i "$next" 2>/dev/null || true
    # Attributes non-volatile, boot service, runtime; then the number, little-endian, all in one write.
    # Firmware without room for it reboots all the same: it may start with the network anyway.
    printf "\\x07\\x00\\x00\\x00\\x${entry#??}\\x${entry%??}" >"$next" || entry=none
    prove next "$entry"
fi
)sh";

std::string boot_next_script(const std::vector<mac_address>& macs, std::string_view efivars) {
    std::string listed;
    for (const auto& mac : macs) listed += (listed.empty() ? "" : " ") + to_hex(mac.octets);
    return preamble() + "efivars=" + ssh::quote(efivars) + "\nmacs=" + ssh::quote(listed) + "\n" +
           std::string(choose_entry);
}

std::string leave_script(const std::vector<mac_address>& macs) {
    return "! [ -d /sys/firmware/efi ] || [ -n \"$(ls -A /sys/firmware/efi/efivars)\" ] ||\n"
           "    mount -t efivarfs efivarfs /sys/firmware/efi/efivars\n" +
           boot_next_script(macs) + "sync\n" + ssh::reboot_after_session();
}

}  // namespace landscaper::install
