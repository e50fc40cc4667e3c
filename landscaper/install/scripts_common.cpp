#include "landscaper/base/base64.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/install/reach.hpp"
#include "landscaper/install/scripts.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::install {

using ssh::quote;

std::string preamble() {
    return "set -eu\n"
           "fail() { echo \"landscaper: $*\" >&2; exit 1; }\n"
           "prove() { echo \"landscaper-proof $*\"; }\n";
}

std::string on_the_installer(const install_plan& plan) {
    std::string out =
        "grep -qx 'VARIANT_ID=\"\\{0,1\\}installer\"\\{0,1\\}' /etc/os-release || fail 'this is not the "
        "installer'\n";
    if (plan.boot_id.empty()) return out;
    return out + "[ \"$(cat /proc/sys/kernel/random/boot_id)\" = " + quote(plan.boot_id) +
           " ] || fail 'the host was started again since the facts were read'\n";
}

std::string protect_others(const install_plan& plan) {
    std::string out;
    for (const auto& disk : plan.others) {
        if (!disk.read_only) out += "blockdev --setro " + quote(disk.path) + "\n";
    }
    return out;
}

std::string check_identities(const install_plan& plan) {
    // As landscaper-facts reads them: the disk's own wwid before its device's, blanks squeezed.
    std::string out = R"sh(squeeze() { tr -s '[:space:]' ' ' | sed 's/^ //; s/ $//'; }
same_disk() {
    name=$(basename "$(readlink -f "$1")")
    [ "$(blockdev --getsize64 "$1")" = "$2" ] || fail "disk $1 has another size than before; was it exchanged?"
    wwid=$(cat "/sys/block/$name/wwid" "/sys/block/$name/device/wwid" 2>/dev/null | head -n 1 | squeeze)
    [ "$wwid" = "$3" ] || fail "disk $1 has another WWID than before; was it exchanged?"
    serial=$(lsblk -dno SERIAL "$1" | squeeze)
    [ "$serial" = "$4" ] || fail "disk $1 has another serial number than before; was it exchanged?"
}
)sh";
    for (const auto& disk : plan.disks) {
        out += "same_disk " + quote(disk.path) + " " + std::to_string(disk.size) + " " + quote(disk.wwid) +
               " " + quote(disk.serial) + "\n";
    }
    return out;
}

namespace {

constexpr std::string_view read_block =
    "marker_on() { dd if=\"$1\" bs=4096 skip=128 count=1 iflag=direct status=none | od -An -v -tx1 | tr -d ' "
    "\\n'; }\n";

}  // namespace

std::string check_marked(const install_plan& plan, bool or_finished) {
    std::string out(read_block);
    auto wanted = marker_prefix(plan, marker_state::open) + "*";
    if (or_finished) wanted += "|" + marker_prefix(plan, marker_state::finished) + "*";
    out += "marked() { case $(marker_on \"$1\") in " + wanted +
           ") ;; *) fail \"disk $1 does not carry this attempt's marker\" ;; esac; }\n";
    for (const auto& disk : plan.disks) out += "marked " + quote(disk.path) + "\n";
    return out;
}

std::string nix_copy(std::string_view cache_url, std::string_view cache_key, std::string_view path,
                     std::string_view to) {
    std::string out =
        "NIX_REMOTE= nix --extra-experimental-features nix-command --option substituters '' --option "
        "trusted-public-keys " +
        quote(cache_key) + " --option narinfo-cache-negative-ttl 0 --log-format internal-json copy --from " +
        quote(cache_url);
    if (!to.empty()) out += " --to " + quote(to);
    out += " " + quote(path);
    // Most of what Nix says are zeros and look-ups; the log is for people and for progress.
    return unless_cache_answers(cache_url) + "set -o pipefail\n" + out +
           " 2>&1 | { grep --line-buffered -v -e '\"fields\":\\[0,0,0,0\\]' -e '\"type\":109' -e "
           "'\\.narinfo' || true; }\n";
}

marker marker_of(const install_plan& plan, marker_state state) {
    return {state, plan.rack, plan.host, plan.nonce, plan.key_id, plan.now};
}

std::string marker_prefix(const install_plan& plan, marker_state state) {
    auto block = encode(marker_of(plan, state));
    return to_hex(bytes_view(block).first(96));
}

std::string blank_seed(const install_plan& plan) {
    return to_text(plan.nonce);
}

namespace {

// Prints a marker's block. Everything behind the checksum is zero, so the text stays short.
std::string print_block(const install_plan& plan, marker_state state) {
    auto block = encode(marker_of(plan, state));
    auto text = to_base64(bytes_view(block).first(512));
    return "marker_block() { echo " + text + " | base64 -d; head -c 3584 /dev/zero; }\n";
}

// Writes the finished marker to every chosen disk and prints what is there then, read past the page cache.
std::string write_finished(const install_plan& plan) {
    std::string out(read_block);
    out += print_block(plan, marker_state::finished) +
           "write_marker() {\n    marker_block |\n"
           "        dd of=\"$1\" bs=4096 seek=128 count=1 iflag=fullblock oflag=direct conv=notrunc,fsync "
           "status=none\n"
           "    prove marker \"$1\" \"$(marker_on \"$1\")\"\n}\n";
    for (const auto& disk : plan.disks) out += "write_marker " + quote(disk.path) + "\n";
    return out;
}

}  // namespace

// The first write: every disk is opened for landscaper alone, looked at once more (blank, or already this
// attempt's own), identified, and written through that same open; none is written before all have passed.
std::string marker_script(const install_plan& plan) {
    auto out = preamble() + on_the_installer(plan) + protect_others(plan) +
               print_block(plan, marker_state::open) + R"sh(
hold() { # DISK NUMBER: names the two descriptors
    talk=$(mktemp -d)
    mkfifo "$talk/to" "$talk/from"
    landscaper-blank --mark "$1" )sh" +
               quote(blank_seed(plan)) + R"sh( <"$talk/to" >"$talk/from" &
    eval "exec {to$2}>\"$talk/to\" {from$2}<\"$talk/from\""
    rm -r "$talk"
    seen=
    eval "IFS= read -r seen <&\$from$2" || true
    [ -n "$seen" ] || fail "disk $1 cannot be looked at"
    case $seen in *'"reason":"in use'*) fail "disk $1 is in use" ;; esac
)sh";
    if (!plan.destroy) {
        out +=
            "    [ \"$(printf '%s' \"$seen\" | jq -r .blank)\" != true ] || return 0\n"
            "    case $(printf '%s' \"$seen\" | jq -r .marker) in " +
            marker_prefix(plan, marker_state::open) +
            "*) return 0 ;; esac\n"
            "    fail \"disk $1 is not blank any more: $(printf '%s' \"$seen\" | jq -r .reason)\"\n";
    }
    out += R"sh(}
write() { # DISK NUMBER
    { marker_block | base64 -w 0; echo; } | eval "cat >&\$to$2"
    written=
    eval "IFS= read -r written <&\$from$2" || true
    eval "exec {to$2}>&- {from$2}<&-"
    prove marker "$1" "$written"
}
)sh";
    auto to_each = [&](const char* call) {
        std::size_t number = 0;
        for (const auto& disk : plan.disks)
            out += call + quote(disk.path) + " " + std::to_string(number++) + "\n";
    };
    to_each("hold ");
    out += check_identities(plan);
    to_each("write ");
    return out;
}

std::string finish_script(const install_plan& plan) {
    return preamble() + on_the_installer(plan) + protect_others(plan) + check_identities(plan) +
           "! mountpoint -q /mnt || fail '/mnt is still mounted'\nsync\n" + check_marked(plan, true) +
           write_finished(plan);
}

}  // namespace landscaper::install
