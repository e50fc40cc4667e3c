"""The firmware of a virtual server: which QEMU options make it boot the way a real one would, and what it is called.

A boot order with the network on top is QEMU's own (bootindex), handed to the firmware at every power-on anew.
"""

from dataclasses import dataclass
from pathlib import Path

from rack.debs import unpacked

VIRTIO = "virtio-net-pci"


@dataclass(frozen=True)
class Firmware:
    """`card` is QEMU's NIC; `rom` its option ROM: None for the one QEMU has for it (iPXE), "" for none at all."""

    name: str
    is_uefi: bool = True
    card: str = VIRTIO
    rom: str | None = ""
    without: tuple = ()     # network stacks of OVMF that are switched off: opt/org.tianocore/NAME

    def network_card(self, mac: str, boot_index: str) -> list:
        rom = "" if self.rom is None else f",romfile={self.rom}"
        return ["-device", f"{self.card},netdev=lan,mac={mac}{rom}{boot_index}"]

    def machine(self, variables: Path) -> list:
        if not self.is_uefi:
            return []       # QEMU's own SeaBIOS
        code = ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={uefi_files()[0]}",
                "-drive", f"if=pflash,unit=1,format=raw,file={variables}"]
        for stack in self.without:
            code += ["-fw_cfg", f"name=opt/org.tianocore/{stack},string=n"]
        return code


# OVMF without option ROM: its own drivers and PXE. With IPv6 and PXE switched off only HTTP Boot is left.
UEFI = Firmware("OVMF, PXE")
UEFI_HTTP = Firmware("OVMF, HTTP Boot", without=("IPv4PXESupport", "IPv6PXESupport"))
# SeaBIOS starts the card's iPXE, which asks with its own user class.
BIOS = Firmware("SeaBIOS, iPXE ROM of virtio-net", is_uefi=False, rom=None)
BIOS_E1000 = Firmware("SeaBIOS, iPXE ROM of e1000", is_uefi=False, card="e1000", rom=None)


def uefi_files() -> tuple:
    """OVMF's code and the template of its variables (4 MB build, no Secure Boot)."""
    folder = unpacked(["ovmf"], deps=False) / "usr/share/OVMF"
    return folder / "OVMF_CODE_4M.fd", folder / "OVMF_VARS_4M.fd"
