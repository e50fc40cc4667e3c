"""A root folder that is a mount namespace's own: everything of the machine's, but other /nix, /run and /tmp.

Works on the machine's root and in a chroot whose root is no mount point. Mounts by system call, since programs of the
chroot are out of reach on the way. Linux: mount(2), umount2(2), pivot_root(2), setns(2).
"""

import ctypes
import os
from pathlib import Path

MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
CLONE_NEWNS = 0x20000
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
OWN = {"nix": 0o755, "run": 0o755, "tmp": 0o1777, "proc": 0o555, "old-root": 0o755}   # not taken over from the machine's root

libc = ctypes.CDLL(None, use_errno=True)


def checked(status: int, what: str) -> None:
    if status != 0:
        problem = ctypes.get_errno()
        raise OSError(problem, f"{what}: {os.strerror(problem)}")


def mount(source, target, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2); raises OSError naming both places."""
    words = [os.fsencode(str(word)) for word in (source, target, kind, data)]
    checked(libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), f"mount {source} on {target}")


def leave_chroot() -> str:
    """Takes the namespace's own root, and makes its mounts private; where the root was until now ("/" outside a chroot)."""
    before = os.open("/", os.O_PATH | os.O_DIRECTORY)
    namespace = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    checked(libc.setns(namespace, CLONE_NEWNS), "setns")
    os.close(namespace)
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    was = os.readlink(f"/proc/self/fd/{before}")
    os.close(before)
    return was


def make_private_root(place: Path, keep: set) -> None:
    """Puts this process into a root of its own, mounted at `place`; the folders in `keep` stay where they are even below /tmp.

    The caller must be alone in a fresh mount namespace with one thread, as setns(2) asks.
    """
    was = leave_chroot()
    inside = lambda path: Path(was + str(path)) if was != "/" else Path(path)   # noqa: E731
    new = inside(place)
    new.mkdir(parents=True, exist_ok=True)
    mount("rack", new, "tmpfs", data="mode=755")
    for entry in os.scandir(was):
        target = new / entry.name
        if entry.name in OWN:
            continue
        if entry.is_symlink():
            target.symlink_to(os.readlink(entry.path))
        elif entry.is_dir():
            target.mkdir()
            mount(entry.path, target, flags=MS_BIND | MS_REC)
    for folder, mode in OWN.items():
        (new / folder).mkdir()
        (new / folder).chmod(mode)
    mount("proc", new / "proc", "proc")
    for folder in keep:
        if folder.parts[1] in OWN:
            (new / folder.relative_to("/")).mkdir(parents=True, exist_ok=True)
            mount(inside(folder), new / folder.relative_to("/"), flags=MS_BIND | MS_REC)
    os.chdir(new)
    checked(libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b"old-root"), "pivot_root")
    os.chdir("/")
    checked(libc.umount2(b"/old-root", MNT_DETACH), "umount /old-root")
    os.rmdir("/old-root")
