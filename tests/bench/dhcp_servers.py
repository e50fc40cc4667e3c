"""ProxyDHCP servers for tests/bench/dhcp: landscaper-bootd with a boot table, dnsmasq with the same hosts in its own words."""

import base64
import contextlib
import json
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from bench import accounting, servers

SERVER, CLIENT, LENGTH = "10.0.0.1", "10.0.0.2", 16
INTERFACE = "lan"


def mac_of(host: int) -> str:
    return f"52:54:00:{host >> 16 & 255:02x}:{host >> 8 & 255:02x}:{host & 255:02x}"


def token_of(host: int) -> str:
    return f"{host:032x}"


class Wire:
    """A network of the clients' own at the other end of a veth pair, for the length of a `with`."""

    def __enter__(self):
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{self.holder.pid}/ns/net").readlink() == own:   # until unshare has done its work
            time.sleep(0.01)
        ip("link", "add", INTERFACE, "type", "veth", "peer", "name", "wire", "netns", str(self.holder.pid))
        ip("addr", "add", f"{SERVER}/{LENGTH}", "dev", INTERFACE)
        ip("link", "set", INTERFACE, "up")
        for words in (["addr", "add", f"{CLIENT}/{LENGTH}", "dev", "wire"], ["link", "set", "wire", "up"], ["route", "add", "default", "dev", "wire"]):
            subprocess.run(self.inside("ip", *words), check=True)
        return self

    def __exit__(self, *_):
        self.holder.kill()
        self.holder.wait()

    def inside(self, *argv) -> list:
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--", *map(str, argv)]


def ip(*argv) -> None:
    subprocess.run(["ip", *argv], check=True)


class Dnsmasq:
    def __init__(self, hosts: int, folder: Path):
        config = folder / "dnsmasq.conf"
        lines = [f"dhcp-host={mac_of(n)},set:h{n}\npxe-service=tag:h{n},X86-64_EFI,\"boot\",b/{token_of(n)}/uki.efi"
                 for n in range(hosts)]
        config.write_text("\n".join(["port=0", f"interface={INTERFACE}", "bind-interfaces", f"dhcp-range={SERVER},proxy", "no-ping",
                                     "quiet-dhcp", "log-facility=/dev/null", "user=root", "pid-file=", *lines]) + "\n")
        self.command = [*servers.packaged("dnsmasq-base", "usr/sbin/dnsmasq", without=["dbus"]), "--keep-in-foreground",
                        f"--conf-file={config}"]

    def started(self) -> None:
        pass

    def close(self) -> None:
        pass


class Landscaper:
    """bootd with `hosts` entries in stage `install`, and somebody who reads its events as serve does."""

    def __init__(self, hosts: int, folder: Path):
        self.hosts, self.socket_file, self.connection = hosts, folder / "bootd.sock", None
        self.command = [servers.PROGRAMS / "bin/landscaper-bootd", "--socket", self.socket_file, "--state", folder / "state",
                        "--data", folder, "--interface", INTERFACE, "--http-port", "0"]

    def started(self) -> None:
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end = time.monotonic() + 20
        while True:
            try:
                self.connection.connect(str(self.socket_file))
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.acknowledged = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        self.send({"hello": {"proto": 1, "build": "bench", "epoch": 0, "seq": 0}})
        self.send({"network": {"generation": 1, "rack": "00" * 16, "dhcp": "proxy", "interfaces": [INTERFACE]}})
        self.send({"begin": {"generation": 2}})
        for number in range(self.hosts):
            self.send({"set": {"generation": 2, "entry": self.entry(number)}})
        self.send({"end": {"generation": 2, "count": self.hosts}})
        if not self.acknowledged.wait(30):
            raise RuntimeError("bootd does not acknowledge the table")

    def entry(self, number: int) -> dict:
        content = [{"bytes": base64.b64encode(b"x" * 1024).decode()}, {"zero": 30 << 20}]
        return {"mac": [mac_of(number)], "stage": "install", "style": "4011", "nbp": "uki", "ip": None, "token": token_of(number),
                "objects": {"uki.efi": content}}

    def send(self, message: dict) -> None:
        self.connection.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    def read(self) -> None:
        with contextlib.suppress(OSError), self.connection.makefile("rb") as lines:
            for line in lines:
                if line.startswith(b'{"ack":2'):
                    self.acknowledged.set()
                elif line.startswith(b'{"refuse'):
                    raise RuntimeError(line.decode())

    def close(self) -> None:
        if self.connection:
            self.connection.close()


KINDS = {"dnsmasq": Dnsmasq, "landscaper": Landscaper}


class Server:
    """A running server in an accounting group of its own, for the length of a `with`."""

    def __init__(self, kind: str, hosts: int, folder: Path, wire: Wire):
        self.hosts, self.wire, self.name = hosts, wire, kind
        self.folder = folder
        self.program = KINDS[kind](hosts, folder)

    def __enter__(self):
        self.group = accounting.new_group()
        self.process = subprocess.Popen([str(word) for word in self.program.command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=(self.folder / "stderr").open("wb"), preexec_fn=self.group.join)
        try:
            self.program.started()
            self.load(port=67, answers=1)   # it answers
        except Exception as problem:
            self.__exit__()
            raise RuntimeError(f"{self.name} does not answer: {problem}; {(self.folder / 'stderr').read_text()[-500:]}") from problem
        return self

    def __exit__(self, *_):
        self.program.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.group.close()

    def load(self, **words) -> dict:
        """One run of the clients; their figures, with `cpu` in seconds of the server and its children.

        The clients go before everybody else on this machine: they are the clock.
        """
        argv = [servers.PROGRAMS / "bench/bench_dhcp_clients", "--server", SERVER, "--hosts", self.hosts]
        for name, value in words.items():
            argv += [f"--{name.replace('_', '-')}", value]
        before = self.group.cpu_seconds(self.process.pid)
        done = subprocess.run(["nice", "-n", "-10", *self.wire.inside(*argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout) | {"cpu": self.group.cpu_seconds(self.process.pid) - before}
