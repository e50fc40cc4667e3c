"""rooted.py ARGV...: runs a program where the root folder is a mount point, as unshare(1) --mount needs it.

In a chroot that is not one, that takes a mount namespace whose root is the chroot's folder. Being a root and no chroot
there, it may also have user namespaces, without which Nix builds nothing in a store of its own.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.private_root import CLONE_NEWNS, MNT_DETACH, MS_BIND, MS_REC, PIVOT_ROOT, checked, leave_chroot, libc, mount  # noqa: E402


def is_mount_point(mountinfo: str) -> bool:
    """Whether "/" is among the mounts of /proc/self/mountinfo."""
    return any(line.split()[4] == "/" for line in mountinfo.splitlines())


def main() -> None:
    if not is_mount_point(Path("/proc/self/mountinfo").read_text()):
        here = os.getcwd()
        checked(libc.unshare(CLONE_NEWNS), "unshare")
        root = leave_chroot()
        mount(root, root, flags=MS_BIND | MS_REC)
        os.chdir(root)
        # pivot_root(2), "pivot_root(".", ".")": the old root lies upon the new one until it is let go.
        checked(libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
        checked(libc.umount2(b".", MNT_DETACH), "umount of the old root")
        os.chdir(here)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
