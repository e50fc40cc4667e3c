"""The servers under load: ours, the public ones from their Debian packages (unpacked, never installed), a plain flood."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import accounting
from rack.debs import unpacked
from rack.paths import BUILD, SOURCE

PROGRAMS = BUILD / "release"
PORT = 69


def build() -> None:
    """bootd and the load generators, from this tree."""
    for words in (["cmake", "--preset", "release", "-B", PROGRAMS],
                  ["cmake", "--build", PROGRAMS, "--target", "landscaper-bootd", "bench_dhcp_clients", "bench_tftp_clients",
                   "bench_udp_flood"]):
        done = subprocess.run([str(word) for word in words], cwd=SOURCE, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, words))}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextlib.contextmanager
def folder_of_files(sizes: set):
    """A folder to be served, which a server under another name may read too; gone afterwards."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "ready").write_bytes(b"x")
        for size in sizes:
            (root / f"{size}.bin").write_bytes(os.urandom(size))
        yield root


def ours(root: Path) -> list:
    return [PROGRAMS / "bin/landscaper-bootd", "--root", root, "--listen", "127.0.0.1", "--tftp-port", PORT, "--http-port", 0]


def packaged(package: str, program: str, without: list = ()) -> list:
    """A program from its package, with the libraries it was built with."""
    folder = unpacked([package], without=without)
    library = f"{folder}/usr/lib/x86_64-linux-gnu"
    return [f"{library}/ld-linux-x86-64.so.2", "--library-path", library, f"{folder}/{program}"]


def dnsmasq(root: Path) -> list:
    return [*packaged("dnsmasq-base", "usr/sbin/dnsmasq", without=["dbus"]), "--keep-in-foreground", "--conf-file=/dev/null",
            "--user=root", "--pid-file=", "--port=0", "--listen-address=127.0.0.1", "--bind-interfaces", "--enable-tftp",
            f"--tftp-root={root}", "--tftp-max=20000", "--quiet-tftp", "--log-facility=/dev/null"]


def atftpd(root: Path) -> list:
    return [*packaged("atftpd", "usr/sbin/atftpd"), "--daemon", "--no-fork", "--user", "root.root", "--port", PORT,
            "--bind-address", "127.0.0.1", "--maxthread", "2000", "--logfile", "/dev/null", root]


COMMANDS = {"landscaper": ours, "dnsmasq": dnsmasq, "atftpd": atftpd}


def prepare(names: set) -> None:
    """Downloads what is missing; to be done outside of the namespace without a network."""
    for name in names & set(COMMANDS):
        COMMANDS[name](Path("/"))


def is_ready() -> bool:
    """Whether somebody answers a request for the file `ready`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.05)
        asking.sendto(b"\0\1ready\0octet\0", ("127.0.0.1", PORT))
        with contextlib.suppress(OSError):
            _, tid = asking.recvfrom(1024)
            asking.sendto(b"\0\4\0\1", tid)
            return True
    return False


class Server:
    """A running server, in an accounting group of its own, for the length of a `with`."""

    def __init__(self, name: str, root: Path, log: Path = Path(os.devnull)):
        self.name = name
        self.log = log
        self.command = [str(word) for word in COMMANDS[name](root)]

    def __enter__(self):
        self.group = accounting.new_group()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=self.group.join)
        end = time.monotonic() + 20
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"{self.name} does not answer; its command: {' '.join(self.command)}")
        time.sleep(0.2)   # the end of the transfer that showed it is ready
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.group.close()

    def under(self, load: dict) -> dict:
        """Runs the load; the clients' figures, with `cpu` in seconds and `idle`, `peak` and `after` in bytes."""
        pid = self.process.pid
        idle, before = self.group.memory(pid), self.group.cpu_seconds(pid)
        resident = accounting.kilobytes(pid, "VmRSS")
        seen = clients(load)
        seen |= {"cpu": self.group.cpu_seconds(pid) - before, "idle": idle, "peak": self.group.peak_memory(pid),
                 "resident_before": resident * 1024, "resident_after": accounting.kilobytes(pid, "VmRSS") * 1024}
        return seen


def clients(load: dict) -> dict:
    """One run of the client simulator."""
    words = [str(PROGRAMS / "bench/bench_tftp_clients")]
    for name, value in load.items():
        option = "--" + name.replace("_", "-")
        words += [option] if value is True else [option, str(value)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def flood(load: dict) -> dict:
    """The bytes of the load as plain datagrams of the same size; only the sender is accounted for."""
    program, file = str(PROGRAMS / "bench/bench_udp_flood"), load["expected"]
    times = load["clients"] * load.get("each", 1)
    group = accounting.new_group()
    receiver = subprocess.Popen([program, "receive", "5000"])
    try:
        started = time.monotonic()
        sender = subprocess.Popen([program, "send", "5000", str(file), str(load["blksize"]), str(times)], preexec_fn=group.join)
        _, status, used = os.wait4(sender.pid, 0)
        if status != 0:
            raise RuntimeError(f"udp_flood ended with {status}")
        seconds = time.monotonic() - started
        return {"bytes": file.stat().st_size * times, "cpu": used.ru_utime + used.ru_stime, "seconds": seconds,
                "complete": times, "wrong": 0, "refused": 0, "unfinished": 0}
    finally:
        receiver.kill()
        receiver.wait()
        group.close()
