"""Tried as somebody new would: each obstacle is one clear line with its remedy, exit status 1 or 2, and nothing left behind."""

import os
import subprocess

from rack.appliance import program
from rack.expect import expect, same
from rack.network import in_namespace
from rack.rack import Rack


def attempt(rack: Rack, wanted: int, *words: str, **options) -> str:
    """`landscaper serve` that must give up: its exit status, and what it said."""
    done = subprocess.run([str(w) for w in rack.appliance.serve_line()], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **options)
    said = done.stderr.strip()
    same(done.returncode, wanted, f"exit status; it said: {said}")
    for word in words:
        expect(word in said, f"'{said}' does not say '{word}'")
    expect(len(said.splitlines()) <= 2, f"more than one clear line: {said}")
    same(rack.appliance.usage(), {}, "programs left running")
    print(f"    {said}", flush=True)
    return said


def test_port_67_is_taken(folder) -> None:
    rack = Rack(folder)
    rack.network.spawn("appliance", ["/usr/bin/python3", "-c", "import socket,time\ns=socket.socket(2,2)\ns.bind(('',67))\ntime.sleep(60)"])
    attempt(rack, 1, "67", "python3")


def test_the_interface_is_missing(folder) -> None:
    rack = Rack(folder)
    file = rack.appliance.network_folder / "inventory.yaml"
    file.write_text(file.read_text().replace("interface: lan", "interface: lan9"))
    attempt(rack, 1, "lan9", "lan")


def test_a_typo_in_the_inventory(folder) -> None:
    rack = Rack(folder)
    file = rack.appliance.network_folder / "inventory.yaml"
    file.write_text(file.read_text().replace("gateway:", "gatway:"))
    attempt(rack, 2, "inventory.yaml:7", "gatway", "gateway")


def test_nix_is_missing(folder) -> None:
    rack = Rack(folder)
    bare = folder / "bin"
    bare.mkdir()
    for name in os.listdir("/usr/bin"):
        if not name.startswith("nix"):
            (bare / name).symlink_to(f"/usr/bin/{name}")
    attempt(rack, 1, "nix", env={**os.environ, "PATH": f"{bare}:/usr/sbin:/sbin"})


def test_without_root(folder) -> None:
    rack = Rack(folder)
    argv = in_namespace("appliance", ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program("landscaper"), "serve",
                                      *rack.appliance.options()])
    done = subprocess.run([str(w) for w in argv], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    expect(done.returncode in (1, 2), f"exit status {done.returncode}")
    expect("root" in done.stderr, f"'{done.stderr.strip()}' does not say 'root'")
    print(f"    {done.stderr.strip()}", flush=True)
