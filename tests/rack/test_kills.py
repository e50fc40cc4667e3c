"""landscaper serve killed with -9 on the way: the server still ends in `ok`, installed once."""

import time

from rack import ledger
from rack.expect import same
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys
from rack.test_rack_up import check_installed


def kill_and_restart(rack: Rack, when: str) -> None:
    print(f"    kill -9 of serve {when}", flush=True)
    rack.appliance.kill()
    time.sleep(1)
    rack.start()


def test_serve_is_killed_during_the_download_and_during_copying(folder) -> None:
    rack = Rack(folder)
    rack.start()
    rack.power_on()
    rack.appliance.wait_for("px01", lambda row: row["seen"] == "nbp", 120)
    kill_and_restart(rack, "during the NBP download")
    rack.appliance.wait_for("px01", lambda row: row["phase"] == "copy", 240)
    kill_and_restart(rack, "while the base system is copied")
    rack.appliance.wait_ok("px01")
    check_installed(rack, "px01")


def test_serve_is_killed_at_every_line_of_the_ledger(folder) -> None:
    """After each intent, after each effect before its proof, after each proof: kill -9, and begun anew. One installation."""
    rack = Rack(folder)
    keys = TemporaryKeys()
    for line in ledger.lines():
        rack.appliance.start(kill_at=line)
        if line == "installation.answer.effect":
            rack.power_on()
        rack.appliance.wait_killed(300)
        keys.look()
        print(f"    killed at {line}", flush=True)
    rack.start()
    row = rack.appliance.wait_ok("px01")
    same(row["attempt"], 1, "a killed serve is no new attempt")
    same(row["condition"], "run", "condition")
    check_installed(rack, "px01")
    keys.must_be_gone(rack, "px01")
    same(rack.appliance.stop(), 0, "serve's end")
    ledger.check_true(rack, "px01")


def cut_power_in(rack: Rack, phase: str) -> None:
    """Pulls the plug of px01 as soon as the console says that phase, and switches it on again."""
    rack.appliance.wait_for("px01", lambda row: row["phase"] == phase, 400)
    print(f"    the power goes in phase {phase}", flush=True)
    rack.hosts["px01"].cut_power()
    rack.hosts["px01"].power_on()


def test_the_power_goes_during_format_copy_and_reboot(folder) -> None:
    rack = Rack(folder)
    rack.start()
    rack.power_on()
    for phase in ("format", "copy", "reboot"):
        cut_power_in(rack, phase)
    row = rack.appliance.wait_ok("px01")
    same(row["attempt"], 1, "a power cut is no new attempt")
    check_installed(rack, "px01")
