"""The parent of a rack: mount, network and process namespaces that end together, and leave nothing behind.

`enter(name, argv)` replaces the calling process by one that holds the rack's lock, lives in namespaces of its own
with a private root (a tmpfs of bind mounts, so that /nix, /run and /var/lib/landscaper are the rack's), and runs argv
as process 1: when that ends, or the caller dies, the kernel ends everything inside.
Run as a program: `scope.py --enter NAME ARGV...` does the same; `scope.py NAME ARGV...` is the half that is inside.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.command import run  # noqa: E402
from rack.paths import BUILD, PYTHON, RACKS, SOURCE, given_folders, rack_folder  # noqa: E402
from rack.private_root import make_private_root  # noqa: E402

PR_SET_PDEATHSIG = 1


class RackBusy(Exception):
    """Another process runs the rack of this name."""


class NotRunning(Exception):
    """No rack of this name is up."""


def take_lock(name: str) -> int:
    """The rack's lock as a descriptor that children inherit; it is free again when the last of them has ended."""
    (RACKS / ".locks").mkdir(parents=True, exist_ok=True)
    lock = os.open(RACKS / ".locks" / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(lock)
        raise RackBusy(f"rack {name} is up already; end it with: tests/rack/end {name}") from problem
    os.set_inheritable(lock, True)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def is_running(name: str) -> bool:
    """Whether somebody holds the rack's lock."""
    try:
        os.close(take_lock_quietly(name))
        return False
    except OSError:
        return True


def take_lock_quietly(name: str) -> int:
    lock = os.open(RACKS / ".locks" / name, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def refuse_when_running(name: str) -> None:
    """Raises RackBusy when the rack is up, before anything of it is touched."""
    if (RACKS / ".locks" / name).exists() and is_running(name):
        raise RackBusy(f"rack {name} is up already; end it with: tests/rack/end {name}")


def parent_of(name: str) -> int:
    """The process that holds a running rack together, outside its namespaces."""
    file = RACKS / ".locks" / name
    if not file.exists() or not is_running(name):
        raise NotRunning(f"rack {name} is not up")
    return int(file.read_text())


def enter_running(name: str, argv: list) -> list:
    """The words that run argv inside a running rack."""
    parent = parent_of(name)
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    if not children:
        raise NotRunning(f"rack {name} is only just starting")
    return ["nsenter", "--target", children[0], "--mount", "--net", "--pid", "--", *map(str, argv)]


def die_with_parent() -> None:
    """The kernel kills this process when the thread that started it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def enter(name: str, argv: list, outlive_parent: bool = False) -> None:
    """Becomes the rack's parent and runs argv in it; does not return. The exit status is that of argv."""
    take_lock(name)
    if not outlive_parent:
        die_with_parent()
    inner = [*PYTHON, str(Path(__file__).resolve()), name, *map(str, argv)]
    os.execvp("unshare", ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=KILL",
                          "--propagation", "unchanged", "--", *inner])


def run_in(name: str, argv: list) -> None:
    """Runs argv in a rack of its own and waits for it; raises CommandFailed when it fails."""
    run(*PYTHON, Path(__file__).resolve(), "--enter", name, *argv, timeout=1800)


@contextlib.contextmanager
def lock_file(path: Path):
    """Waits for the file's lock and holds it: one at a time does what is inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def mount_store() -> None:
    """Nix's store and state of all racks, from the build folder."""
    store = RACKS / "nix"
    store.mkdir(parents=True, exist_ok=True)
    run("mount", "--bind", store, "/nix")


def mount_appliance(name: str) -> None:
    """The appliance's standard folders are the rack's own, so that its commands need no options in here."""
    folder = rack_folder(name)
    for inside, outside in (("/var/lib", folder / "var-lib"),):
        outside.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", outside, inside)


def mount_accounts(name: str) -> None:
    """A user `sshd` in the rack's own /etc/passwd: a bare machine has none, and sshd refuses to start without."""
    text = Path("/etc/passwd").read_text()
    if "\nsshd:" not in text:
        text += "sshd:x:22:65534::/run/sshd:/usr/sbin/nologin\n"
    own = rack_folder(name) / "passwd"
    own.write_text(text)
    run("mount", "--bind", own, "/etc/passwd")
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)


def inner(name: str, argv: list) -> None:
    """Inside the fresh namespaces, as process 1: the root, the loop-back interface, then argv."""
    make_private_root(RACKS / ".roots" / name, {SOURCE, BUILD, *given_folders()})
    mount_store()
    mount_appliance(name)
    mount_accounts(name)
    run("ip", "link", "set", "lo", "up")
    os.environ["LANDSCAPER_RACK"] = name
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    if sys.argv[1] in ("--enter", "--enter-outliving"):
        try:
            enter(sys.argv[2], sys.argv[3:], outlive_parent=sys.argv[1] == "--enter-outliving")
        except RackBusy as problem:
            sys.exit(str(problem))
    inner(sys.argv[1], sys.argv[2:])
