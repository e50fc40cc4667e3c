"""An initrd is a cpio archive in the `newc` format: written here in a fixed order with zero times, so that the same
content gives the same bytes."""

import os
import stat
from pathlib import Path


def entry(name: str, mode: int, data: bytes = b"", device: tuple = (0, 0), number: int = 0) -> bytes:
    """One archive member; mode with its file type, device as (major, minor) of a node."""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def archive(folder: Path) -> bytes:
    """Everything below a folder, /dev/console added (the kernel opens it before /init can mount /dev)."""
    parts = [entry("dev", stat.S_IFDIR | 0o755, number=1),
             entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1), number=2)]
    for number, path in enumerate(sorted(folder.rglob("*")), start=3):
        name, info = str(path.relative_to(folder)), path.lstat()
        if path.is_symlink():
            parts.append(entry(name, stat.S_IFLNK | 0o777, os.readlink(path).encode(), number=number))
        elif path.is_dir():
            parts.append(entry(name, stat.S_IFDIR | 0o755, number=number))
        else:
            mode = stat.S_IFREG | (0o755 if info.st_mode & 0o100 else 0o644)
            parts.append(entry(name, mode, path.read_bytes(), number=number))
    return b"".join(parts) + entry("TRAILER!!!", 0)
