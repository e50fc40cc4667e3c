"""A QEMU machine with OVMF that boots from a TFTP folder inside QEMU itself: no traffic leaves the process.

Software emulation only, one machine at a time (a lock). Times are the host's.
"""

import fcntl
import os
import re
import selectors
import shutil
import subprocess
import sys
import time
import uuid
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from rack.debs import fetch, unpacked  # noqa: E402,F401 (fetch is for the tests)

SOURCE = Path(__file__).resolve().parents[3]
ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
SECTOR, FIRST = 512, 2048
TURN = []
CONTROL = re.compile(rb"\x1b\[[0-9;=?]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")


def tool(name: str, package: str, folder: str = "usr/bin") -> Path:
    """A program out of an unpacked Debian package."""
    return unpacked([package], deps=False) / folder / name


def gpt_disk(path: Path, partition: uuid.UUID, files: dict, sectors: int = 131072) -> Path:
    """A disk with one EFI system partition (FAT) that holds the files: {"EFI/BOOT/BOOTX64.EFI": Path or bytes}."""
    last = sectors - 34
    entry = ESP_TYPE.bytes_le + partition.bytes_le + FIRST.to_bytes(8, "little") + last.to_bytes(8, "little")
    entries = (entry + bytes(8) + "esp".encode("utf-16le")).ljust(128 * 128, b"\0")
    with path.open("wb") as file:
        file.truncate(sectors * SECTOR)
        file.write(bytes(446) + bytes([0, 0, 2, 0, 0xEE, 255, 255, 255]) + (1).to_bytes(4, "little") +
                   (sectors - 1).to_bytes(4, "little") + bytes(48) + b"\x55\xaa")
        for here, other, table in ((1, sectors - 1, 2), (sectors - 1, 1, sectors - 33)):
            file.seek(here * SECTOR)
            file.write(gpt_header(here, other, table, last, entries))
            file.seek(table * SECTOR)
            file.write(entries)
    image = f"{path}@@{FIRST * SECTOR}"
    run = {"check": True, "env": {**os.environ, "MTOOLS_SKIP_CHECK": "1"}}
    subprocess.run([tool("mformat", "mtools"), "-i", image, "-T", str(last - FIRST + 1), "-h", "16", "-s", "63",
                    "-F", "::"], **run)
    for name, content in files.items():
        for folder in list(Path(name).parents)[-2::-1]:
            subprocess.run([tool("mmd", "mtools"), "-D", "s", "-i", image, f"::{folder}"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=run["env"])
        source = content if isinstance(content, Path) else "-"
        subprocess.run([tool("mcopy", "mtools"), "-i", image, source, f"::{name}"],
                       input=None if isinstance(content, Path) else content, **run)
    return path


def gpt_header(here: int, other: int, table: int, last: int, entries: bytes) -> bytes:
    """UEFI 2.10, table 5.5; the header's own checksum is taken with its field zero."""
    def header(checksum: int) -> bytes:
        numbers = [(0x10000, 4), (92, 4), (checksum, 4), (0, 4), (here, 8), (other, 8), (FIRST, 8), (last, 8)]
        return (b"EFI PART" + b"".join(n.to_bytes(size, "little") for n, size in numbers) + bytes(range(16)) +
                table.to_bytes(8, "little") + b"".join(n.to_bytes(4, "little") for n in (128, 128)) +
                zlib.crc32(entries).to_bytes(4, "little"))
    return header(zlib.crc32(header(0))).ljust(SECTOR, b"\0")


def take_turn() -> None:
    """Waits until no other test runs a machine; held until this program ends."""
    if not TURN:
        TURN.append(open(build_folder() / "machines.lock", "w"))
        fcntl.flock(TURN[0], fcntl.LOCK_EX)


class Machine:
    """One machine; use as a context: it is switched off at the end."""

    def __init__(self, folder: Path, tftp: Path, bootfile: str, drives: list, memory: int = 512):
        self.folder, self.text = folder, ""
        firmware = unpacked(["ovmf"], deps=False) / "usr/share/OVMF"
        shutil.copyfile(firmware / "OVMF_VARS_4M.fd", folder / "vars.fd")
        self.arguments = [
            "qemu-system-x86_64", "-machine", "q35,graphics=off", "-accel", "tcg,tb-size=128", "-cpu", "max",
            "-m", str(memory), "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio",
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={firmware}/OVMF_CODE_4M.fd",
            "-drive", f"if=pflash,unit=1,format=raw,file={folder}/vars.fd",
            "-netdev", f"user,id=lan,restrict=on,ipv6=off,tftp={tftp},bootfile={bootfile}",
            "-device", "virtio-net-pci,netdev=lan,romfile=,bootindex=1", "-device", "virtio-rng-pci", *drives]

    def __enter__(self):
        take_turn()
        self.start = time.monotonic()
        self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=(self.folder / "qemu.log").open("wb"))
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        (self.folder / "serial.log").write_text(self.text)

    def start_to_now(self) -> float:
        return time.monotonic() - self.start

    def wait_for(self, words: str, seconds: float = 120) -> bool:
        """Until `words` appear in what the serial line says from now on (what it said up to them is done with)."""
        end = time.monotonic() + seconds
        position = getattr(self, "position", 0)
        while True:
            found = self.text.find(words, position)
            if found >= 0:
                self.position = found + len(words)
                return True
            left = end - time.monotonic()
            if left <= 0 or not self.selector.select(left):
                return False
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return False
            self.text += CONTROL.sub(b"", data).decode("ascii", "replace")


class Checks:
    """Counts what holds, and says what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, sentence: str, holds: bool) -> bool:
        print(f"{'ok' if holds else 'FAILED'}: {sentence}", flush=True)
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        return holds

    def end(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def build_folder() -> Path:
    return Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SOURCE / "build/release"


def scratch(build: Path, name: str) -> Path:
    """An empty folder for one machine's files."""
    folder = build / "pxe/nbp/machines" / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tftp").mkdir(parents=True)
    return folder


def compose(build: Path, *arguments) -> None:
    subprocess.run([build / "pxe/nbp/pxe_nbp_compose", *map(str, arguments)], check=True)
