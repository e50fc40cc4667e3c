"""Which Debian packages make up the systems, and the rules by which their files become store trees.

A group is one store path. Documentation, translations and Debian's own administration are left out.
"""

import os
import shutil
from pathlib import Path

from rack.command import output
from rack.debs import fetch, unpacked

KERNELS = {"cloud": "linux-image-cloud-amd64", "generic": "linux-image-amd64"}
BASE = ["bash", "coreutils", "util-linux", "mount", "grep", "sed", "findutils", "gzip", "zstd", "jq", "efibootmgr", "kmod",
        "openssh-server", "openssh-client", "openssh-sftp-server", "nix-bin", "libdevmapper1.02.1", "mdadm"]
# grub-install and the modules of BIOS machines; a store path of its own, out of the programs' way.
GRUB = ["grub2-common", "grub-pc-bin"]
# Of this grub-editenv alone is there, in the PATH as well.
GRUB_EDITENV = "grub-common"
# One store path each, in the final system only.
MORE = ["tree", "less", "hdparm", "time", "iputils-ping", "pv"]
# The tools of a layout: in the systems that are for it; of them in its stage 1.
LAYOUTS = {"btrfs": ["btrfs-progs"], "lvm-thin": ["lvm2", "thin-provisioning-tools"]}
LAYOUT_STAGE_1 = {"btrfs": [], "lvm-thin": ["lvm"]}
WITHOUT = """
    adduser base-files bzip2 debconf debianutils dmeventd dpkg gcc-12-base init-system-helpers libaudit-common libcbor0.8 libcurl4
    libdb5.3 libdbd-sqlite3-perl libdbi-perl libfido2-1 libfile-find-rule-perl libgdbm-compat4 libgdbm6 libncursesw6
    libnumber-compare-perl libpam-modules libpam-modules-bin libpam-runtime libperl5.36 libproc2-0 libsasl2-modules-db
    libsemanage-common libsemanage2 libsepol2 libtext-glob-perl libtirpc-common libwww-curl-perl lsb-base mawk
    passwd perl perl-base perl-modules-5.36 procps readline-common runit-helper sensible-utils sysvinit-utils ucf udev usrmerge
    util-linux-extra xz-utils libcap2-bin
""".split()
GROUPS = {
    "glibc": ["libc6", "libgcc-s1", "libstdc++6", "libcrypt1"],
    "icu": ["libicu72"],
    "openssh": ["openssh-server", "openssh-client", "openssh-sftp-server"],
    "nix": ["nix-bin"],
    "openssl": ["libssl3"],
}
DROPPED = ("share", "lib/x86_64-linux-gnu/gconv", "lib/systemd", "lib/udev", "lib/sysctl.d", "lib/modprobe.d", "lib32",
           "libx32", "games", "include", "local")


def grouped(files: list) -> dict:
    """{group: [package]} for the downloaded .debs of the base: the named groups, `tools` and `libraries`."""
    group_of = {package: group for group, packages in GROUPS.items() for package in packages}
    result: dict = {}
    for file in files:
        package = file.name.split("_")[0]
        group = group_of.get(package) or ("libraries" if package.startswith(("lib", "zlib")) else "tools")
        result.setdefault(group, []).append(package)
    return result


def base_groups() -> dict:
    return grouped(fetch(BASE, WITHOUT))


def layout_tools(layout: str) -> list:
    """The packages of a layout that the base lacks."""
    there = {file.name for file in fetch(BASE, WITHOUT)}
    return [file.name.split("_")[0] for file in fetch(LAYOUTS[layout], WITHOUT) if file.name not in there]


def kernel_package(flavour: str) -> str:
    """The package that holds the kernel which the flavour's metapackage names today."""
    metapackage = fetch([KERNELS[flavour]], deps=False)[0]
    return output("dpkg-deb", "-f", metapackage, "Depends").split()[0]


def all_files() -> list:
    """Every .deb the systems are made of; downloads what is missing."""
    kernels = [kernel_package(flavour) for flavour in KERNELS]
    layouts = [file for names in LAYOUTS.values() for file in fetch(names, WITHOUT)]
    more = MORE + GRUB + kernels + [GRUB_EDITENV, "systemd-boot-efi", "busybox-static"]
    return fetch(BASE, WITHOUT) + layouts + fetch(more, deps=False)


def _retarget(link: str, place: Path) -> str:
    """An absolute link into /usr as a relative one inside the tree; others as they are."""
    if not link.startswith("/"):
        return link.replace("/sbin/", "/bin/")
    inside = link.removeprefix("/usr").replace("/sbin/", "/bin/").lstrip("/")
    return os.path.relpath(inside, place.parent)


def store_tree_place(path: Path) -> Path:
    """Where a file of /usr goes in a store tree: the same place, programs all in bin."""
    return Path("bin", *path.parts[1:]) if path.parts[0] == "sbin" else path


def store_tree(packages: list, target: Path) -> None:
    """The packages' files as a store tree: bin, lib, lib64, libexec; usr/ and sbin folded in."""
    source = unpacked(packages, deps=False) / "usr"
    for path in sorted(source.rglob("*")):
        place = store_tree_place(path.relative_to(source))
        if any(place.is_relative_to(folder) for folder in DROPPED) or path.is_dir() and not path.is_symlink():
            continue
        goal = target / place
        goal.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(goal):    # the same program in bin and sbin
            continue
        if path.is_symlink():
            goal.symlink_to(_retarget(os.readlink(path), place))
        else:
            shutil.copy2(path, goal)
