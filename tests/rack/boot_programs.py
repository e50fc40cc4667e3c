"""First boot programs of other makers, for landscaper's data folder: iPXE's from Debian's package, GRUB's made from its modules."""

import io
import os
import tarfile
from pathlib import Path

from rack.command import run
from rack.debs import unpacked
from rack.paths import RACKS

GRUB_MODULES = ("pxe", "tftp", "net", "memdisk", "tar", "normal", "configfile", "regexp", "test", "linux", "chain", "boot", "echo",
                "sleep", "reboot")

# GRUB takes the server of the DHCP ACK (siaddr) for the one it came from; beside a site's DHCP server that is the wrong one.
# sname, in which iPXE hands option 66 on, is landscaper's. The folder is right: that of the boot file.
GRUB_CONFIG = r"""
set server=$net_pxe_dhcp_server_name
regexp --set=1:next --set=2:folder '^\(tftp,([^)]*)\)/*(.*)$' "$cmdpath"
if [ -z "$server" ]; then set server=$next; fi
set prefix=(tftp,$server)/$folder
configfile $prefix/grub.cfg
"""


def grub_package() -> Path:
    """GRUB's modules, and grub-mkimage with the libraries it needs."""
    return unpacked(["grub-pc-bin", "grub-common", "libc6", "libdevmapper1.02.1", "liblzma5", "libselinux1", "libpcre2-8-0",
                     "libudev1"], deps=False)


def grub_for_bios(folder: Path, image: Path) -> None:
    """grub.0: GRUB over the PXE interface of a BIOS (i386-pc-pxe), which reads grub.cfg beside itself."""
    settings = image.with_suffix(f".tar.{os.getpid()}")
    with tarfile.open(settings, "w") as archive:
        entry = tarfile.TarInfo("start/grub.cfg")
        entry.size = len(GRUB_CONFIG)
        archive.addfile(entry, io.BytesIO(GRUB_CONFIG.encode()))
    fresh = image.with_suffix(f".{os.getpid()}")
    library = folder / "usr/lib/x86_64-linux-gnu"
    run(library / "ld-linux-x86-64.so.2", "--library-path", library, folder / "usr/bin/grub-mkimage", "-d",
        folder / "usr/lib/grub/i386-pc", "-O", "i386-pc-pxe", "-m", settings, "-p", "(memdisk)/start", "-o", fresh, *GRUB_MODULES)
    settings.unlink()
    fresh.rename(image)


def boot_programs() -> dict:
    """{name in the data folder: file}, made when missing."""
    ipxe = unpacked(["ipxe"], deps=False) / "usr/lib/ipxe"
    grub = grub_package()
    image = RACKS / "boot-programs" / grub.name / "grub.0"
    if not image.exists():
        image.parent.mkdir(parents=True, exist_ok=True)
        grub_for_bios(grub, image)
    return {"snponly.efi": ipxe / "snponly.efi", "undionly.kpxe": ipxe / "undionly.kpxe", "grub.0": image}


def grub_on_disk(disk: Path, config: str, at: int = 34) -> None:
    """Makes a GPT disk start GRUB under a BIOS: boot sector and core image, the latter from sector `at` on (before the first
    partition). `config` runs at once; one command a line, no conditions."""
    folder = grub_package()
    modules, library = folder / "usr/lib/grub/i386-pc", folder / "usr/lib/x86_64-linux-gnu"
    script, core = disk.with_suffix(".grub.cfg"), disk.with_suffix(".core")
    script.write_text(config)
    run(library / "ld-linux-x86-64.so.2", "--library-path", library, folder / "usr/bin/grub-mkimage", "-d", modules,
        "-O", "i386-pc", "-p", "(hd0,gpt1)/", "-c", script, "-o", core, "biosdisk", "part_gpt", "fat", "linux", "boot", "echo")
    sector, image = bytearray((modules / "boot.img").read_bytes()), bytearray(core.read_bytes())
    sector[0x5C:0x64] = at.to_bytes(8, "little")              # where boot.img finds the core image
    image[0x1F4:0x1FC] = (at + 1).to_bytes(8, "little")       # and where its first sector finds the rest
    with disk.open("r+b") as file:
        file.write(sector[:440])
        file.seek(at * 512)
        file.write(image)
