#include "landscaper/install/scripts.hpp"

#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

using ssh::quote;

std::string clock_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + "date -u -s @" + std::to_string(plan.now) +
           " >/dev/null || echo 'landscaper: the clock cannot be set' >&2\n"
           // It waits for the clock's next second, for which nobody has to wait here.
           "setsid -f hwclock -w -u </dev/null >/dev/null 2>&1 || true\n"
           "prove boot_id \"$(cat /proc/sys/kernel/random/boot_id)\"\n";
}

std::string facts_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + "landscaper-facts\n";
}

std::string evidence_script(const install_plan& plan) {
    auto out = preamble() + on_the_installer(plan);
    for (const auto& disk : plan.disks) {
        // Not blank is an answer, so its status does not end the script.
        out += "landscaper-blank " + quote(disk.path) + " " + quote(blank_seed(plan)) + " || true\n";
    }
    return out;
}

namespace {

// What a mounted device lies on: itself, or the halves of a mirror.
constexpr std::string_view partitions_below = R"sh(partitions_below() {
    below=$(readlink -f "$1")
    below=${below##*/}
    if [ -d "/sys/class/block/$below/md" ]; then ls "/sys/class/block/$below/slaves"; else echo "$below"; fi
}
)sh";

// A mount with `nofail` says nothing when it fails, and a disk whose ESP is not there gets no loader.
constexpr std::string_view all_esps_mounted = R"sh(mounted=
for device in $(findmnt -rn -t vfat -o SOURCE); do mounted="$mounted $(partitions_below "$device" | tr '\n' ' ')"; done
esps_mounted() {
    for name in $(lsblk -nrlo NAME,TYPE "$1" | sed -n 's/ part$//p'); do
        [ "$(blkid -p -s PART_ENTRY_TYPE -o value "/dev/$name")" = c12a7328-f81f-11d2-ba4b-00a0c93ec93b ] || continue
        case "$mounted " in *" $name "*) ;; *) fail "the layout did not mount /dev/$name, an EFI system partition of $1" ;; esac
    done
}
)sh";

}  // namespace

std::string format_script(const install_plan& plan) {
    auto out = preamble() + on_the_installer(plan) + protect_others(plan) + check_identities(plan) +
               check_marked(plan);
    if (plan.destroy) out += "(\n" + plan.layout.destroy + "\n)\n";
    out += "(\n" + plan.layout.format + "\n)\n(\n" + plan.layout.mount + "\n)\nend_line\n";
    out += std::string(partitions_below) + std::string(all_esps_mounted);
    // A layout that starts below 1 MiB would have overwritten the marker.
    for (const auto& disk : plan.disks) {
        out += "marked " + quote(disk.path) + "\nesps_mounted " + quote(disk.path) + "\n";
    }
    return out +
           "mountpoint -q /mnt || fail 'the layout did not mount /mnt'\n"
           "findmnt -rnR -o TARGET,SOURCE,FSTYPE /mnt | while read -r line; do prove mount \"$line\"; done\n";
}

std::string copy_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + protect_others(plan) +
           "mountpoint -q /mnt || fail '/mnt is not mounted'\n" +
           (plan.is_pushed ? "" : nix_copy(plan.cache_url, plan.cache_key, plan.base, "/mnt")) +
           "prove copied \"$(nix-store --store /mnt -q --hash " + quote(plan.base) +
           ")\"\n"
           "prove paths \"$(nix-store --store /mnt -qR " +
           quote(plan.base) + " | wc -l)\"\n";
}

std::string profile_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) +
           "profiles=/mnt/nix/var/nix/profiles\nmkdir -p \"$profiles\"\n"
           "nix-env --store /mnt -p \"$profiles/system\" --set " +
           quote(plan.base) +
           "\n"
           "prove profile \"$(readlink \"$profiles/$(readlink \"$profiles/system\")\")\"\n";
}

std::string files_script(const install_plan& plan) {
    auto out =
        preamble() + on_the_installer(plan) + "mountpoint -q /mnt || fail '/mnt is not mounted'\numask 022\n";
    out +=
        "temporary=/landscaper/ssh_host_ed25519_key\n"
        "key_of() { local kind key; read -r kind key _ < <(ssh-keygen -y -f \"$1\"); echo \"$kind $key\"; }\n"
        "[ \"$(key_of \"$temporary\")\" = " +
        quote(plan.temporary_key) +
        " ] || fail 'the installer has another host key than this attempt'\n"
        "mkdir -p /mnt/etc/landscaper /mnt/etc/ssh\n"
        "[ -e /mnt/etc/NIXOS ] || : >/mnt/etc/NIXOS\n"
        "printf '%s\\n' " +
        quote(plan.host_json) +
        " >/mnt/etc/landscaper/host.json.new\n"
        "mv /mnt/etc/landscaper/host.json.new /mnt/etc/landscaper/host.json\n"
        "umask 077\nmkdir -p /mnt/root/.ssh\n"
        "printf '%s\\n' " +
        quote(plan.authorized_keys) +
        " >/mnt/root/.ssh/authorized_keys.new\n"
        "mv /mnt/root/.ssh/authorized_keys.new /mnt/root/.ssh/authorized_keys\n"
        "cat \"$temporary\" >/mnt/etc/ssh/ssh_host_ed25519_key.new\n"
        "mv /mnt/etc/ssh/ssh_host_ed25519_key.new /mnt/etc/ssh/ssh_host_ed25519_key\n"
        "printf '%s\\n' " +
        quote(plan.temporary_key) +
        " >/mnt/etc/ssh/ssh_host_ed25519_key.pub\n"
        "chmod 644 /mnt/etc/ssh/ssh_host_ed25519_key.pub\n"
        "sync -f /mnt\n"
        "prove host_json \"$(sha256sum </mnt/etc/landscaper/host.json | cut -d ' ' -f 1)\"\n"
        "prove host_key \"$(key_of /mnt/etc/ssh/ssh_host_ed25519_key)\"\n";
    return out;
}

// The closure's own script writes the loader, in the target; nothing else of the closure is activated.
std::string loader_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + protect_others(plan) +
           R"sh(mountpoint -q /mnt || fail '/mnt is not mounted'
bind() {
    mkdir -p "/mnt/$1"
    mountpoint -q "/mnt/$1" || mount --rbind --make-rprivate "/$1" "/mnt/$1"
}
if [ -d /sys/firmware/efi ] && ! mountpoint -q /sys/firmware/efi/efivars; then
    mount -t efivarfs efivarfs /sys/firmware/efi/efivars || echo 'landscaper: no EFI variables here' >&2
fi
bind dev
bind proc
bind sys
mkdir -p /mnt/tmp && chmod 1777 /mnt/tmp
)sh" + "NIXOS_INSTALL_BOOTLOADER=1 chroot /mnt " +
           quote(plan.base + "/bin/switch-to-configuration") + " boot\nend_line\n" +
           R"sh(umount -R /mnt/dev /mnt/proc /mnt/sys
sync
prove loader written
)sh";
}

// Boot entries are a convenience: the local-boot NBP finds the loader by itself. So nothing here fails the
// step.
std::string boot_order_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + std::string(partitions_below) +
           "label=" + quote("Linux (" + plan.name + ")") + R"sh(
warn() { prove warning "$*"; }
esps=
findmnt -rn -t vfat -o TARGET,SOURCE | sed -n '\|^/mnt/|p' | {
while read -r place device; do
    loader='\EFI\BOOT\BOOTX64.EFI'
    [ ! -e "$place/EFI/systemd/systemd-bootx64.efi" ] || loader='\EFI\systemd\systemd-bootx64.efi'
    [ -e "$place/EFI/BOOT/BOOTX64.EFI" ] || warn "$place has no EFI/BOOT/BOOTX64.EFI"
    for name in $(partitions_below "$device"); do
        read -r number 2>/dev/null <"/sys/class/block/$name/partition" || { warn "$device is no partition"; continue; }
        disk=$(readlink -f "/sys/class/block/$name/..")
        disk=/dev/${disk##*/}
        guid=$(blkid -p -s PART_ENTRY_UUID -o value "/dev/$name")
        guid=${guid,,}
        prove esp "$disk $number $guid ${place#/mnt}"
        esps="$esps $disk,$number,$guid,$loader"
    done
done
[ -d /sys/firmware/efi ] || exit 0
entry_of() { # GUID LIST: sets entry, the first that loads something from that partition
    local line
    entry=
    while [ -z "$entry" ] && read -r line; do
        case ${line,,} in
            boot[0-9a-f][0-9a-f][0-9a-f][0-9a-f]*"$1"*.efi* | boot[0-9a-f][0-9a-f][0-9a-f][0-9a-f]*.efi*"$1"*) entry=${line:4:4} ;;
        esac
    done <<<"$2"
}
order_in() { # LIST: sets order
    local line
    order=
    while read -r line; do case $line in 'BootOrder: '*) order=${line#BootOrder: } ;; esac; done <<<"$1"
}
first=
list=$(efibootmgr -v) || { warn 'the firmware does not let its boot entries be read'; exit 0; }
for esp in $esps; do
    IFS=, read -r disk number guid loader <<<"$esp"
    entry_of "$guid" "$list"
    if [ -z "$entry" ]; then
        efibootmgr -q -c -d "$disk" -p "$number" -L "$label" -l "$loader" || { warn "no boot entry for $disk"; continue; }
        list=$(efibootmgr -v) || list=
        entry_of "$guid" "$list"
    fi
    [ -z "$entry" ] || first="$first${first:+,}$entry"
done
[ -n "$first" ] || { warn 'no boot entry for the disk'; exit 0; }
next=${first%%,*}
order_in "$list"
for entry in ${order//,/ }; do
    case ",$first," in *",$entry,"*) ;; *) first="$first,$entry" ;; esac
done
if ! list=$(efibootmgr -o "$first" -n "$next"); then
    efibootmgr -q -o "$first" || warn 'the boot order cannot be set'
    efibootmgr -q -n "$next" || warn 'BootNext cannot be set'
    list=$(efibootmgr) || list=
fi
order_in "$list"
prove boot_order "$order"
}
)sh";
}

std::string unmount_script(const install_plan& plan) {
    auto out = preamble() + on_the_installer(plan);
    out +=
        "for place in /mnt/dev /mnt/proc /mnt/sys; do ! mountpoint -q \"$place\" || umount -R \"$place\"; "
        "done\n";
    out += "if mountpoint -q /mnt; then\n(\n" + plan.layout.unmount + "\n)\nend_line\nfi\n";
    return out + "! mountpoint -q /mnt || umount -R /mnt\nsync\nprove unmounted /mnt\n";
}

std::string reboot_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) +
           "! mountpoint -q /mnt || fail '/mnt is still mounted'\nsync\n" + ssh::reboot_after_session() +
           "prove rebooting now\n";
}

std::string installed_script(const install_plan&) {
    return preamble() +
           "prove variant \"$(sed -n 's/^VARIANT_ID=//p' /etc/os-release | tr -d '\"')\"\n"
           "prove boot_id \"$(cat /proc/sys/kernel/random/boot_id)\"\n"
           "prove booted \"$(readlink -f /run/booted-system || true)\"\n"
           "prove root \"$(findmnt -no SOURCE / || true)\"\n"
           "prove host_json \"$(sha256sum </etc/landscaper/host.json | cut -d ' ' -f 1)\"\n";
}

}  // namespace landscaper::install
