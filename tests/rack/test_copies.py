"""How the systems get onto the servers: pushed where the cache cannot be reached, in turns where many copy at once."""

import json
import re
import time

from rack import network
from rack.command import run
from rack.expect import expect
from rack.rack import Rack
from rack.test_rack_up import check_installed, print_phases, print_usage


def proof_of(rack: Rack, name: str, resource: str) -> dict:
    """What the copy step of a resource proved."""
    steps = rack.appliance.json("host", name)["steps"]
    return json.loads(next(s["proof_text"] for s in steps if s["resource"] == resource and s["step"] == "copy"))


def log_lines(rack: Rack, name: str) -> list:
    return [line["text"] for line in rack.appliance.json("hosts")["log"] if line["host"] == name]


def test_systems_are_pushed_to_a_server_that_cannot_reach_the_cache(folder) -> None:
    rack = Rack(folder, servers=2)
    rack.start()
    # A firewall that drops what the cache answers to px01, and nothing else.
    run("ip", "-n", "appliance", "rule", "add", "to", network.host_address(1), "ipproto", "tcp", "sport", "8069", "blackhole")
    powered_on = rack.power_on()
    for name in rack.hosts:
        rack.appliance.wait_ok(name, 900)
        print_phases(rack, name, powered_on)
    for name, is_pushed in (("px01", True), ("px02", False)):
        check_installed(rack, name)
        for resource in ("installation", "nixos"):
            proof = proof_of(rack, name, resource)
            expect(proof["pushed"] is is_pushed, f"{name}: the copy step of {resource} proved {proof}")
        said = [line for line in log_lines(rack, name) if "over SSH" in line or "does not reach" in line]
        expect(bool(said) is is_pushed, f"{name}: the log says {said}")
        for line in said:
            print(f"    {name}: {line}", flush=True)


def test_six_servers_at_once_copy_in_turns(folder) -> None:
    rack = Rack(folder, servers=6)
    rack.start("--copy-limit", "250")
    begun, powered_on = time.monotonic(), rack.power_on()
    waited: dict = {}
    deadline = begun + 3600
    while True:
        rows = rack.appliance.json("hosts")["hosts"]
        for row in rows:
            if row["sentence"].startswith("waits to copy: "):
                waited.setdefault(row["name"], row["sentence"])
            expect(row["condition"] != "FAILED", f"{row['name']} failed: {row['sentence']}")
        if all(row["phase"] == "ok" and row["condition"] == "run" for row in rows):
            break
        expect(time.monotonic() < deadline, f"not ok within an hour: {[(r['name'], r['phase'], r['sentence']) for r in rows]}")
        time.sleep(0.5)
    print(f"    six servers ok {time.monotonic() - begun:.1f} s after power-on", flush=True)
    for name in rack.hosts:
        print_phases(rack, name, powered_on)
        check_installed(rack, name)
    for name, sentence in waited.items():
        print(f"    {name}: {sentence}", flush=True)
        expect(re.fullmatch(r"waits to copy: \d+ hosts? before it, \d+ MB", sentence), f"{name} says {sentence}")
    expect(waited, "nobody waited to copy")
    print_usage(rack)
