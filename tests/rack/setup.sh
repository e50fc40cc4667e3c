# Sourced by tests/rack-up and tests/run: makes a bare Debian 12 able to build and to rehearse.
# Installs libraries, compilers and tools; never a daemon, never over the removal of something, enables no service.

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_folder=${LANDSCAPER_BUILD:-$source_folder/build}

build_packages=(
    clang-16 libclang-rt-16-dev lld-16 clang-format-16 ccache cmake ninja-build g++ pkg-config
    libboost1.81-dev libcurl4-openssl-dev nlohmann-json3-dev libyaml-cpp-dev libarchive-dev libsqlite3-dev
    libncurses-dev doctest-dev libvterm-dev libssl-dev
)
# nix-bin, qemu-system-x86 and openssh-client come without daemons of their own.
rack_packages=(
    python3 nix-bin openssh-client iproute2 qemu-system-x86 zstd xz-utils cpio e2fsprogs dosfstools mtools gdisk
    util-linux mount kmod procps debian-archive-keyring ca-certificates
)

fail() { # MESSAGE [EXIT_STATUS]
    echo "$(basename "$0"): $1" >&2
    exit "${2:-1}"
}

# Root's rights for one command; asks sudo once when we are somebody else.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo --preserve-env=LANDSCAPER_BUILD,LANDSCAPER_DEBIAN_MIRROR,LANDSCAPER_DISKO,NIXPKGS_LIB,TERM -- "$@"
    fi
}

need_root() {
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null ||
        fail "needs root to make network namespaces; run it as root, or install sudo for this user"
    if ! sudo -n true 2>/dev/null; then
        [ -t 0 ] || fail "needs root, and sudo would ask for a password; run it in a terminal or as root"
        echo "root is needed for packages and network namespaces; sudo asks for your password:"
        sudo -v || fail "sudo refused; run it as root"
    fi
}

need_debian() {
    command -v apt-get >/dev/null ||
        fail "this needs Debian 12 (apt-get is missing here); install by hand: ${build_packages[*]} ${rack_packages[*]}"
    mkdir -p "$build_folder" 2>/dev/null && [ -w "$build_folder" ] ||
        fail "cannot write $build_folder; it belongs to $(stat -c %U "$build_folder" 2>/dev/null || echo somebody else)"
}

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# Installs what is missing of the given packages. Refuses, naming it, when apt would remove something for it.
install_packages() {
    local missing plan
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${#missing[@]} packages: ${missing[*]}"
    if ! plan=$(LC_ALL=C apt-get -s --no-remove --no-install-recommends install "${missing[@]}" 2>&1); then
        as_root apt-get -q update >"$build_folder/apt-update.log" 2>&1 ||
            fail "apt-get update: $(grep -m 1 '^E:' "$build_folder/apt-update.log")"
        plan=$(LC_ALL=C apt-get -s --no-remove --no-install-recommends install "${missing[@]}" 2>&1) ||
            refuse "$plan" "${missing[@]}"
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-remove --no-install-recommends install \
        "${missing[@]}" >"$build_folder/apt-install.log" 2>&1 ||
        fail "apt-get install: $(grep -m 1 '^E:' "$build_folder/apt-install.log"); all of it: $build_folder/apt-install.log"
}

refuse() { # WHAT_APT_SAID PACKAGE...
    local said=$1 removed
    shift
    removed=$(LC_ALL=C apt-get -s --no-install-recommends install "$@" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
    [ -z "$removed" ] || fail "installing $* would remove: $removed; nothing was changed. Remove them yourself if you agree"
    fail "apt cannot install $*: $(grep '^E:' <<<"$said" | head -n 2); is this Debian 12 with its main section?"
}

# A compiler cache that exists is used; else it lies in the build folder.
use_ccache() {
    if [ -z "${CCACHE_DIR-}" ] && [ ! -d "${XDG_CACHE_HOME:-$HOME/.cache}/ccache" ]; then
        export CCACHE_DIR="$build_folder/ccache"
    fi
}

set_up() { # PACKAGE...
    need_root
    need_debian
    install_packages "$@"
    use_ccache
}
