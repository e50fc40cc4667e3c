"""Disks as sparse raw files, and what lies on them before landscaper sees them."""

import hashlib
import os
from pathlib import Path

from rack.command import run

GIB = 1 << 30
STANDARD_SIZE = 10 * GIB    # automatic disk choice wants at least 8 GiB


def blank(path: Path, size: int = STANDARD_SIZE) -> Path:
    """A disk of zeros; takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def with_ext4(path: Path, size: int = STANDARD_SIZE, label: str = "someone") -> Path:
    """A disk that is one ext4 file system (no partition table) holding a file, as an array's or a VM's disk may be."""
    folder = path.with_suffix(".content")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accounts.db").write_bytes(b"the only copy\n" * 4096)
    blank(path, size)
    run("/usr/sbin/mkfs.ext4", "-q", "-F", "-L", label, "-d", folder, path)
    return path


def with_random_bytes(path: Path, size: int = STANDARD_SIZE, every: int = 1 << 20, length: int = 1 << 16) -> Path:
    """A disk without any signature but full of data, as plain dm-crypt or a raw database leaves it: random bytes in each
    MiB but the first and last 32, where there is nothing. Not all of each MiB: ten gigabytes would take minutes to write."""
    blank(path, size)
    chunk = os.urandom(length)
    with path.open("r+b") as file:
        for offset in range(32 << 20, size - (32 << 20), every):
            file.seek(offset)
            file.write(chunk)
    return path


def digest(path: Path) -> str:
    """SHA-256 over the data extents and their offsets: the same before and after means byte-identical.

    Holes are skipped (10 GiB of zeros would take half a minute); a hole that became written zeros counts as a change of
    layout only if a byte differs, because runs of zeros are dropped from the hash as well.
    """
    total = hashlib.sha256(str(path.stat().st_size).encode())
    with path.open("rb") as file:
        position = 0
        while True:
            try:
                start = os.lseek(file.fileno(), position, os.SEEK_DATA)
            except OSError:
                return total.hexdigest()
            position = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            _digest_extent(file, start, position, total)


def _digest_extent(file, start: int, end: int, total, block: int = 4096) -> None:
    file.seek(start - start % block)
    for offset in range(start - start % block, end, block):
        data = file.read(block)
        if data.count(0) != len(data):
            total.update(offset.to_bytes(8, "little") + data)
