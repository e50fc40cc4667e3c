#include "landscaper/install/boot_once.hpp"

#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

using ssh::quote;

namespace {

// Of systemd-boot's variables (Boot Loader Interface).
constexpr std::string_view loader_guid = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

constexpr std::string_view systemd_boot = R"sh(
set_once() { # ENTRY: its name as UTF-16, behind the attributes, in one write
    case $1 in "" | *[!a-zA-Z0-9._-]*) return 1 ;; esac
    rest=$1 text=
    while [ -n "$rest" ]; do text="$text${rest%"${rest#?}"}\x00" rest=${rest#?}; done
    ! [ -e "$efivars/LoaderEntryOneShot-$loader" ] || chattr -i "$efivars/LoaderEntryOneShot-$loader" 2>/dev/null || true
    printf "\x07\x00\x00\x00$text\x00\x00" >"$efivars/LoaderEntryOneShot-$loader"
}
once_by_systemd_boot() {
    entry=$(grep -lsF "init=$toplevel/init" "$entries"/*.conf | head -n 1) || true
    [ -n "$entry" ] && set_once "$(basename "$entry")"
}
)sh";

// GRUB clears next_entry itself before it starts the entry, but it can write only to a plain file system on a
// plain partition: elsewhere the new generation would be started again and again.
constexpr std::string_view grub = R"sh(
grub_starts_once() {
    grep -qsF 'save_env next_entry' "$grub/grub.cfg" && command -v grub-editenv >/dev/null || return 1
    case $(findmnt -n -o FSTYPE -T "$grub") in ext[234] | vfat | xfs) ;; *) return 1 ;; esac
    [ "$(lsblk -d -n -o TYPE "$(findmnt -n -o SOURCE -T "$grub")")" = part ]
}
grub_entry() { # where in the menu the new generation is, as next_entry takes it: 1>0
    place= count=0 above=
    while read -r word rest; do
        case $word in
        menuentry | submenu)
            case $rest in *"}") count=$((count + 1)); continue ;; esac
            place=${place:+$place>}$count above="$((count + 1)) $above" count=0 ;;
        linux | linux16 | linuxefi)
            case " $rest " in *" init=$toplevel/init "*) [ -z "$place" ] || { echo "$place"; return 0; } ;; esac ;;
        "}")
            [ -n "$place" ] || continue
            count=${above%% *} above=${above#* }
            case $place in *">"*) place=${place%>*} ;; *) place= ;; esac ;;
        esac
    done <"$grub/grub.cfg"
    return 1
}
once_by_grub() {
    entry=$(grub_entry) || return 1
    [ -e "$grub/grubenv" ] || grub-editenv "$grub/grubenv" create || return 1
    grub-editenv "$grub/grubenv" set "next_entry=$entry"
}
)sh";

constexpr std::string_view choose = R"sh(
once=no
if [ -e "$efivars/LoaderInfo-$loader" ]; then
    if "$previous/bin/switch-to-configuration" boot && once_by_systemd_boot; then once=yes; fi
elif grub_starts_once; then
    if "$previous/bin/switch-to-configuration" boot && once_by_grub; then once=yes; fi
fi
)sh";

}  // namespace

std::string boot_once_text(const system_plan& plan) {
    return "efivars=" + quote(plan.efivars) + "\nentries=" + quote(plan.loader_entries) +
           "\ngrub=" + quote(plan.grub) + "\nloader=" + std::string(loader_guid) + "\n" +
           std::string(systemd_boot) + std::string(grub) + std::string(choose);
}

std::string forget_once_text(const system_plan& plan) {
    return "grub=" + quote(plan.grub) + "\nonce_variable=" + quote(plan.efivars) + "/LoaderEntryOneShot-" +
           std::string(loader_guid) + R"sh(
if [ -e "$grub/grubenv" ] && command -v grub-editenv >/dev/null; then
    grub-editenv "$grub/grubenv" unset next_entry || true
fi
if [ -e "$once_variable" ]; then
    chattr -i "$once_variable" 2>/dev/null || true
    rm -f "$once_variable" || true
fi
)sh";
}

}  // namespace landscaper::install
