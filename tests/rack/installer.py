"""The installer image for tests that boot it themselves, and the per-server archive that is appended to it."""

import json
import os
import stat
from pathlib import Path

from rack.command import run
from rack.paths import BUILD, SOURCE
from rack.systems.newc import entry

# LANDSCAPER_INSTALLER names a folder with another builder's kernel and initrd, taken as they are.
FOLDER = Path(os.environ.get("LANDSCAPER_INSTALLER", BUILD / "installer"))


def image() -> tuple:
    """Kernel and initrd of the installer, built when they are out of date. Needs the network; call it outside a rack."""
    if "LANDSCAPER_INSTALLER" not in os.environ:
        run(SOURCE / "iso/installer/build", "--output", FOLDER, "--cache", BUILD / "debs", timeout=1200)
    return FOLDER / "kernel", FOLDER / "initrd"


def host_archive(host: dict, host_key: Path, authorized_keys: str) -> bytes:
    """The cpio with /landscaper/{host.json, ssh_host_ed25519_key, authorized_keys}, all 0600 (contract 3)."""
    secret = stat.S_IFREG | 0o600
    return b"".join([
        entry("landscaper", stat.S_IFDIR | 0o700, number=1),
        entry("landscaper/host.json", secret, json.dumps(host).encode(), number=2),
        entry("landscaper/ssh_host_ed25519_key", secret, host_key.read_bytes(), number=3),
        entry("landscaper/authorized_keys", secret, authorized_keys.encode() + b"\n", number=4),
        entry("TRAILER!!!", 0),
    ])


def initrd_with(archive: bytes, target: Path) -> Path:
    """The installer's initrd with the archive appended, aligned to 4 bytes."""
    base = (FOLDER / "initrd").read_bytes()
    target.write_bytes(base + bytes(-len(base) % 4) + archive)
    return target
