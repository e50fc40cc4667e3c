"""What the console says when the appliance's own disk is full, and that nothing is lost or done without a record: no QEMU."""

import json
import os

from rack.appliance import STATE
from rack.command import run
from rack.expect import expect, same
from rack.light_installer import LightInstaller
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys
from rack.test_steps import SMALL, proven, wait_row


def resize(size: str) -> None:
    run("mount", "-o", f"remount,size={size}", STATE)


def fill() -> None:
    """Not a byte is left."""
    now = os.statvfs(STATE)
    resize(str((now.f_blocks - now.f_bfree) * now.f_frsize))


def test_a_full_disk_stops_what_cannot_be_recorded_and_nothing_is_lost(folder) -> None:
    run("mkdir", "-p", STATE)
    run("mount", "-t", "tmpfs", "-o", "size=900m", "full", STATE)
    rack = Rack(folder)
    rack.start()
    wait_row(rack, lambda row: row["sentence"].startswith("switch it on"), 60)
    TemporaryKeys().wait()
    fill()
    done = rack.appliance.command("hold", "px01")
    expect(done.returncode == 1 and "is full" in done.stderr, f"hold: {done.returncode} {done.stderr}")
    installer = LightInstaller(rack)
    (folder / "facts").write_text(json.dumps(SMALL))
    installer.program("landscaper-facts", f"cat {folder / 'facts'}")
    row = wait_row(rack, lambda row: row["condition"] == "HOLD", 60)
    expect("ledger.sqlite cannot be written" in row["sentence"], f"the full disk is not named: {row['sentence']}")
    same(proven(row), [], "steps without a record")
    expect(not installer.noted.exists(), "the clock of a server was set whose answer is not recorded")
    resize("900m")
    row = wait_row(rack, lambda row: "RAM 512 MiB" in row["sentence"], 60)
    same(proven(row), ["answer", "clock", "facts"], "steps once there is room")
