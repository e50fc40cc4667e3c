"""landscaper in the appliance's namespace: its inventory, its daemon, and its commands as an operator types them."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from rack import installer
from rack.boot_programs import boot_programs
from rack.debs import unpacked
from rack.measure import process_usage
from rack.network import APPLIANCE, LENGTH, SITE, Network, in_namespace
from rack.paths import BUILD, RACKS, SOURCE

SOCKET = "/run/landscaper/control.sock"
STATE = "/var/lib/landscaper"


def program(name: str) -> Path:
    """A program of the release build. LANDSCAPER_BIN names another folder, for instance a sanitizer build's."""
    tree = Path(os.environ.get("LANDSCAPER_BIN", BUILD / "release"))
    found = [p for p in sorted(tree.rglob(name)) if p.is_file() and os.access(p, os.X_OK)]
    if not found:
        raise FileNotFoundError(f"{tree} holds no program {name}: build it first (cmake --preset release)")
    return found[0]


def data_folder() -> Path:
    """What `--data` names: installer image, EFI stub, boot programs and the layout expression, as links."""
    folder = RACKS / "data"
    folder.mkdir(parents=True, exist_ok=True)
    stub = unpacked(["systemd-boot-efi"], deps=False) / "usr/lib/systemd/boot/efi/linuxx64.efi.stub"
    parts = {"kernel": installer.FOLDER / "kernel", "initrd": installer.FOLDER / "initrd", "linuxx64.efi.stub": stub,
             "local.efi": BUILD / "release/pxe/nbp/local_boot/local.efi",
             "layout.nix": SOURCE / "tests/rack/systems/layout.nix", **boot_programs()}
    for name, target in parts.items():
        link = folder / name
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return folder


class Appliance:
    """One landscaper with its network folder in `folder`; state and sockets lie in the rack's private root."""

    def __init__(self, network: Network, folder: Path):
        self.network, self.folder = network, folder
        self.network_folder = folder / "network"
        self.network_folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "serve.log"
        self.process: subprocess.Popen | None = None

    def write_inventory(self, systems: dict, hosts: dict, extra: str = "", dhcp: str = "proxy", roles: dict | None = None) -> None:
        """`hosts` is {name: {"mac":.., "ip":.., ...}}; written as flow mappings, as an operator would. `roles` are more than
        the ordinary one: {role: systems}."""
        pairs = {"proxmox": systems, **(roles or {})}
        listed = ", ".join(f"{role}: {{ base: {pair['base']}, toplevel: {pair['toplevel']} }}" for role, pair in pairs.items())
        lines = ["version: 1", f"site: {self.folder.name[:63]}", f"network: {{ interface: lan, address: {APPLIANCE}/{LENGTH}, dhcp: {dhcp} }}",
                 f"systems: {{ {listed} }}",
                 f"defaults: {{ role: proxmox, firmware: uefi, nameservers: [{SITE}], disk: {{ layout: single-ext4, wipe: blank }} }}",
                 "hosts:"]
        for name, values in hosts.items():
            lines.append(f"  {name}: {{ " + ", ".join(f"{key}: {value}" for key, value in values.items()) + " }")
        file = self.network_folder / "inventory.yaml"
        fresh = file.with_suffix(".new")
        fresh.write_text("\n".join(lines) + "\n" + extra)
        fresh.rename(file)

    def options(self) -> list:
        return ["--network", self.network_folder, "--state", STATE, "--socket", SOCKET]

    def serve_line(self, *more: str) -> list:
        """The argv of `landscaper serve --with-bootd`."""
        return in_namespace("appliance", [program("landscaper"), "serve", "--with-bootd", "--bootd", program("landscaper-bootd"),
                                          "--data", data_folder(), *self.options(), *more])

    def start(self, *more: str, kill_at: str = "") -> None:
        """Starts the daemon; it is ready when a command gets an answer. `kill_at`: it kills itself at this line of the ledger."""
        os.makedirs(os.path.dirname(SOCKET), mode=0o755, exist_ok=True)
        environment = {**os.environ, "NIX_CONF_DIR": str(RACKS / "nix-conf"), "HOME": "/root"}
        if kill_at:
            environment["LANDSCAPER_KILL_AT"] = kill_at
        self.process = subprocess.Popen([str(w) for w in self.serve_line(*more)], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True)

    def wait_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while self.command("hosts", "--json").returncode != 0:
            if self.process.poll() is not None:
                raise RuntimeError(f"landscaper serve ended with {self.process.returncode}: {self.log.read_text()[-1500:].strip()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"landscaper serve does not answer after {seconds:.0f} s: {self.log.read_text()[-1500:]}")
            time.sleep(0.1)

    def command_line(self, *words: str) -> list:
        """The argv of a landscaper command, to be run inside the rack."""
        return in_namespace("appliance", [program("landscaper"), *words, *self.options()])

    def command(self, *words: str, timeout: float = 30, **options) -> subprocess.CompletedProcess:
        """Runs a landscaper command to its end."""
        return subprocess.run([str(w) for w in self.command_line(*words)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", timeout=timeout, **options)

    def json(self, *words: str, **options):
        done = self.command(*words, "--json", **options)
        if done.returncode != 0:
            raise RuntimeError(f"landscaper {' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def host(self, name: str) -> dict:
        """What landscaper says about one server."""
        answer = self.json("hosts")
        rows = answer["hosts"] if isinstance(answer, dict) else answer
        return next(row for row in rows if row["name"] == name)

    def wait_for(self, name: str, what, seconds: float) -> dict:
        """Waits until `what(host)` holds for a server and returns its row. A failed one ends the wait at once."""
        deadline = time.monotonic() + seconds
        while True:
            row = self.host(name)
            if what(row):
                return row
            if row["condition"] == "FAILED" or time.monotonic() > deadline:
                raise TimeoutError(f"{name} is in {row['phase']} {row['condition']} ({row['sentence']}); log: {row.get('log')}")
            time.sleep(0.2)

    def wait_said(self, is_said, what: str, seconds: float = 30) -> None:
        """Waits until a command says what is expected: an edit of the inventory is read a moment after it was made."""
        deadline = time.monotonic() + seconds
        while not is_said():
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing is said of {what} after {seconds:.0f} s")
            time.sleep(0.1)

    def wait_ok(self, name: str, seconds: float = 400) -> dict:
        return self.wait_for(name, lambda row: row["phase"] == "ok" and row["condition"] == "run", seconds)

    def kill(self) -> None:
        """kill -9 for serve alone; bootd lives on."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def wait_killed(self, seconds: float) -> None:
        """serve was started with `kill_at`, and comes there."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            done = self.command("hosts")
            raise TimeoutError(f"serve was not killed within {seconds:.0f} s: {done.stdout}{done.stderr}") from None
        if status != -signal.SIGKILL:
            raise RuntimeError(f"landscaper serve ended with {status}: {self.log.read_text()[-1500:].strip()}")

    def stop(self) -> int:
        """SIGTERM and the exit status."""
        self.process.terminate()
        return self.process.wait(30)

    def programs(self) -> dict:
        """{program: pid} of serve and bootd."""
        result = {}
        for folder in Path("/proc").iterdir():
            try:
                name = Path(os.readlink(folder / "exe")).name if folder.name.isdigit() else ""
            except OSError:
                continue   # ended, or not ours
            if name in ("landscaper", "landscaper-bootd"):
                result[name if name != "landscaper" else "serve"] = int(folder.name)
        return result

    def usage(self) -> dict:
        """{program: {peak_mb, cpu_seconds}} of serve and bootd."""
        return {name: process_usage(pid) for name, pid in self.programs().items()}
