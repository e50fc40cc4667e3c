"""What the console says of a step that is silent, fails or cannot fit, and that retry goes on from there: no QEMU."""

import json
import re
import time

from rack import network
from rack.expect import expect, same
from rack.light_installer import LightInstaller
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys

SMALL = {"version": 1, "image": "test", "kernel": "test", "clock": 1, "coldplug": True, "firmware": "uefi", "secure_boot": False,
         "boot_current": 1, "ram": 512 << 20,
         "disks": [{"path": "/dev/vda", "by_id": [], "wwid": "w1", "model": "M", "serial": "S", "size": 20 << 30, "logical_sector": 512,
                    "physical_sector": 512, "removable": False, "read_only": False, "rotational": False, "transport": "virtio",
                    "partition_table": None, "partitions": [], "holders": [], "mounted": [], "signatures": [], "markers": [],
                    "multipath": [], "errors": []}],
         "nics": [{"name": "lan", "mac": network.host_mac(1), "link": True, "speed": 1000, "driver": "veth"}]}


def wait_row(rack: Rack, what, seconds: float, name: str = "px01") -> dict:
    """Like wait_for, but FAILED is what is waited for."""
    deadline = time.monotonic() + seconds
    while True:
        row = rack.appliance.host(name)
        if what(row):
            print(f"    {row['phase']} {row['condition']}: {row['sentence']}", flush=True)
            return row
        expect(time.monotonic() < deadline, f"{name} is in {row['phase']} {row['condition']} ({row['sentence']}); log: {row['log']}")
        time.sleep(0.2)


def proven(row: dict) -> list:
    return [step["step"] for step in row["steps"] if step["resource"] == "installation" and step["proof"]]


def test_a_step_that_fails_is_silent_or_cannot_fit_is_said(folder) -> None:
    rack = Rack(folder)
    rack.start()
    TemporaryKeys().wait()
    installer = LightInstaller(rack)
    installer.program("landscaper-facts", "seq 1 300; echo 'landscaper-facts: the controller is silent' >&2; exit 7")
    row = wait_row(rack, lambda row: row["condition"] == "FAILED", 120)
    for words in ("facts", "the controller is silent", "landscaper retry px01"):
        expect(words in row["sentence"], f"'{words}' is not in '{row['sentence']}'")
    kept = [str(number) for number in range(102, 301)] + ["landscaper-facts: the controller is silent"]
    same(row["log"], kept, "the last 200 lines of what the script said")
    shown = rack.appliance.command("host", "px01").stdout
    same([line[4:] for line in shown.splitlines() if line.startswith("  | ")], kept, "what `landscaper host` shows of it")
    expect("clock" in proven(row) and "facts" not in proven(row), f"proven: {proven(row)}")
    clock = re.search(r"date -u -s @(\d+)", installer.noted.read_text())
    expect(clock and abs(int(clock.group(1)) - time.time()) < 120, f"the clock was not set to now: {installer.noted.read_text()}")

    answer = folder / "answer"
    installer.program("landscaper-facts", f"until [ -e {answer} ]; do sleep 0.2; done; cat {answer}")
    same(rack.appliance.command("retry", "px01").returncode, 0, "retry px01")
    row = wait_row(rack, lambda row: "no progress for" in row["sentence"], 120)
    same((row["phase"], row["condition"]), ("installer", "run"), "phase and condition of a silent step")

    fresh = folder / "answer.new"
    fresh.write_text(json.dumps(SMALL))
    fresh.rename(answer)
    row = wait_row(rack, lambda row: row["condition"] == "FAILED", 120)
    expect("RAM 512 MiB, needed" in row["sentence"], "the figures are not named")
    same(row["attempt"], 1, "attempt after a retry")
    same([name for name in proven(row) if name in ("evidence", "marker", "format")], [], "steps behind the refusal")
