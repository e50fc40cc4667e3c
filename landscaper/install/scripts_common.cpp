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
           "prove() { echo \"landscaper-proof $*\"; }\n"
           // What another's program printed last may lack the end of its line.
           "end_line() { echo; }\n";
}

// Every program that a script starts costs the host milliseconds, and twenty scripts start with this: the
// shell reads such files by itself.
std::string on_the_installer(const install_plan& plan) {
    std::string out = R"sh(variant=
while IFS== read -r key value; do [ "$key" != VARIANT_ID ] || variant=${value//\"/}; done </etc/os-release
[ "$variant" = installer ] || fail 'this is not the installer'
)sh";
    if (plan.boot_id.empty()) return out;
    return out + "read -r boot_id </proc/sys/kernel/random/boot_id\n[ \"$boot_id\" = " + quote(plan.boot_id) +
           " ] || fail 'the host was started again since the facts were read'\n";
}

std::string protect_others(const install_plan& plan) {
    std::string out;
    for (const auto& disk : plan.others) {
        // One that is gone (a stick that was pulled, a remote console's drive) needs no protection.
        auto path = quote(disk.path);
        if (!disk.read_only) out += "[ ! -b " + path + " ] || blockdev --setro " + path + "\n";
    }
    return out;
}

std::string check_identities(const install_plan& plan) {
    // As landscaper-facts reads them: the disk's own wwid before its device's, blanks squeezed.
    std::string out = R"sh(squeeze() { # TEXT: sets squeezed
    local IFS=$' \t\n\v\f\r' words
    read -r -d '' -a words <<<"$1" || true
    IFS=' '
    squeezed="${words[*]}"
}
same_disk() {
    local file size=0 wwid=
    name=$(readlink -f "$1")
    name=${name##*/}
    read -r size <"/sys/class/block/$name/size"
    [ $((size * 512)) = "$2" ] || fail "disk $1 has another size than before; was it exchanged?"
    for file in "/sys/block/$name/wwid" "/sys/block/$name/device/wwid"; do
        [ -n "$wwid" ] || IFS= read -r wwid 2>/dev/null <"$file" || true
    done
    squeeze "$wwid"
    [ "$squeezed" = "$3" ] || fail "disk $1 has another WWID than before; was it exchanged?"
    squeeze "$(lsblk -dno SERIAL "$1")"
    [ "$squeezed" = "$4" ] || fail "disk $1 has another serial number than before; was it exchanged?"
}
)sh";
    for (const auto& disk : plan.disks) {
        out += "same_disk " + quote(disk.path) + " " + std::to_string(disk.size) + " " + quote(disk.wwid) +
               " " + quote(disk.serial) + "\n";
    }
    return out;
}

namespace {

constexpr std::string_view read_block = R"sh(marker_on() {
    local block
    block=$(dd if="$1" bs=4096 skip=128 count=1 iflag=direct status=none | od -An -v -tx1)
    printf '%s' "${block//[!0-9a-f]/}"
}
)sh";

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
to=() from=()
hold() { # DISK NUMBER: its index in `to` and `from`
    local pipe taking orders answers
    exec {pipe}<> <(:)
    exec {taking}<"/dev/fd/$pipe" {orders}>"/dev/fd/$pipe" {pipe}<&-
    exec {answers}< <(exec {orders}>&-; exec landscaper-blank --mark "$1" )sh" +
               quote(blank_seed(plan)) + R"sh( <&"$taking")
    exec {taking}<&-
    to[$2]=$orders from[$2]=$answers
    seen=
    IFS= read -r seen <&"$answers" || true
    [ -n "$seen" ] || fail "disk $1 cannot be looked at"
    case $seen in *'"reason":"in use'*) fail "disk $1 is in use" ;; esac
)sh";
    if (!plan.destroy) {
        // In JSON's texts a quotation mark has a backslash before it: these are the fields themselves.
        out += R"sh(    case $seen in
        *'"blank":true'*) return 0 ;;
        *'"marker":")sh" +
               marker_prefix(plan, marker_state::open) + R"sh('*) return 0 ;;
    esac
    fail "disk $1 is not blank any more: $(printf '%s' "$seen" | jq -r .reason)"
)sh";
    }
    out += R"sh(}
write() { # DISK NUMBER
    local orders=${to[$2]} answers=${from[$2]} written=
    { marker_block | base64 -w 0; echo; } >&"$orders"
    IFS= read -r written <&"$answers" || true
    exec {orders}>&- {answers}<&-
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
