"""Kernel modules of an unpacked Debian kernel: their files, and the order in which insmod accepts them.

Reads the `depends=` lines inside the modules themselves, so neither depmod nor modprobe is needed.
"""

import re
from pathlib import Path

VIRTIO = ["virtio_pci", "virtio_net", "virtio_blk", "virtio_rng"]
FILES = ["crc32c_generic", "ext4", "vfat", "nls_ascii", "nls_cp437", "efivarfs"]
# What real machines need beside virtio; built into the cloud kernel or absent from it.
HARDWARE = ["ahci", "nvme", "sd_mod", "e1000", "e1000e", "crc32c_intel", "crct10dif_pclmul",
            "crct10dif_generic", "crc64_rocksoft"]
ARRAYS = ["md_mod", "raid1"]
# What a layout's root needs beside these, as disko's own list for it has it.
LAYOUTS = {"btrfs": ["btrfs"], "lvm-thin": ["dm_snapshot", "dm_thin_pool"]}


def _normal(name: str) -> str:
    return name.replace("-", "_")


class Modules:
    """The modules of one kernel package, unpacked at `root`."""

    def __init__(self, root: Path):
        folders = [f for base in ("lib", "usr/lib") for f in (root / base / "modules").glob("*/kernel")]
        self.folder = folders[0].parent
        self.version = self.folder.name
        self.files = {_normal(path.name.removesuffix(".ko")): path for path in self.folder.rglob("*.ko")}

    def depends(self, name: str) -> list:
        found = re.search(rb"\0depends=([^\0]*)\0", self.files[name].read_bytes())
        return [_normal(word) for word in found.group(1).decode().split(",") if word] if found else []

    def ordered(self, names: list) -> list:
        """The files of the named modules, each after those it needs; a name that is not there is built in."""
        done: list = []

        def add(name: str) -> None:
            if name not in self.files or self.files[name] in done:
                return
            for needed in self.depends(name):
                add(needed)
            done.append(self.files[name])

        for name in names:
            add(_normal(name))
        return done
