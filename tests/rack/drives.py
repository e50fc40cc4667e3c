"""The disks of a virtual server: the controller they hang on, what QEMU is told of them, and what Linux calls them."""

from dataclasses import dataclass
from pathlib import Path

# controller: (the name in /dev/disk/by-id before the serial number, the first disk's name in /dev)
# nvme-4kn: sectors of 4096 bytes, logical as well as physical
CONTROLLERS = {"virtio": ("virtio-", "vda"), "nvme": ("nvme-QEMU_NVMe_Ctrl_", "nvme0n1"),
               "nvme-4kn": ("nvme-QEMU_NVMe_Ctrl_", "nvme0n1"), "sata": ("ata-QEMU_HARDDISK_", "sda")}


def first_disk(controller: str) -> str:
    """/dev/vda, /dev/nvme0n1 or /dev/sda."""
    return f"/dev/{CONTROLLERS[controller][1]}"


@dataclass
class Drive:
    """One disk in its slot; `pulled` ones are not there at the next power-on."""

    image: Path
    serial: str     # 20 characters at most
    controller: str = "virtio"
    pulled: bool = False

    def by_id(self) -> str:
        """Its stable name as an operator writes it into the inventory."""
        return f"by-id/{CONTROLLERS[self.controller][0]}{self.serial}"

    def arguments(self, slot: int, boot_index: str = "") -> list:
        """A slot keeps its place on the bus whether the others are filled or not. Zeros that a mirror writes take no room."""
        large = ",logical_block_size=4096,physical_block_size=4096"
        device = {"virtio": f"virtio-blk-pci,addr={0x10 + slot:#x}", "nvme": f"nvme,addr={0x10 + slot:#x}",
                  "nvme-4kn": f"nvme,addr={0x10 + slot:#x}{large}", "sata": f"ide-hd,bus=ide.{slot}"}[self.controller]
        return ["-drive", f"if=none,id=disk{slot},format=raw,cache=unsafe,discard=unmap,detect-zeroes=unmap,file={self.image}",
                "-device", f"{device},drive=disk{slot},serial={self.serial}{boot_index}"]
