#include "pxe/proxy/script.hpp"

namespace pxe::proxy {

// `chain --replace` ends this script, so that a machine that waits for days nests nothing.
static constexpr std::string_view ask_again =
    ":again\n"
    "sleep 30\n"
    "dhcp && chain --replace ${filename} ||\n"
    "goto again\n";

// `exit` is no way to the disk: UEFI firmware goes on to IPv6 and HTTP and takes minutes, or stops in its
// set-up.
std::string local_script(std::string_view local_efi_url) {
    std::string text =
        "#!ipxe\n"
        "iseq ${platform} efi && goto efi ||\n"
        "sanboot --no-describe --drive 0x80 ||\n"
        "goto failed\n"
        ":efi\n"
        "chain ";
    text += local_efi_url;
    text +=
        " ||\n"
        ":failed\n"
        "echo landscaper: this server is installed, but nothing on its disk starts. Asking again in 30 s.\n";
    text += ask_again;
    return text;
}

std::string hold_script() {
    std::string text =
        "#!ipxe\n"
        "echo landscaper: this server is on hold, nothing is installed. See the landscaper console for the "
        "reason.\n"
        "echo Asking again every 30 s.\n";
    text += ask_again;
    return text;
}

std::string autoboot_script() {
    return "#!ipxe\nautoboot\n";
}

std::string local_grub_config() {
    return "echo landscaper: this server is installed and starts from its disk\n"
           "set root=(hd0)\n"
           "if chainloader +1; then boot; fi\n"
           "echo landscaper: nothing on its disk starts, restarting in 30 s\n"
           "sleep 30\n"
           "reboot\n";
}

std::string hold_grub_config() {
    return "echo landscaper: this server is on hold, nothing is installed. See the landscaper console.\n"
           "echo Restarting in 30 s\n"
           "sleep 30\n"
           "reboot\n";
}

}  // namespace pxe::proxy
