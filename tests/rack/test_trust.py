"""`trust: confirm`: no final system until a person has compared the host key with what the server's own screen shows."""

import re

from rack.expect import expect, same
from rack.rack import Rack
from rack.test_rack_up import check_installed
from rack.test_refusals import wait_held


def test_a_person_compares_the_key_before_the_final_system(folder) -> None:
    rack = Rack(folder)
    rack.inventory["px01"]["trust"] = "confirm"
    rack.write_inventory()
    rack.start()
    rack.power_on()
    row = wait_held(rack, "px01")
    print(f"    {row['sentence']}", flush=True)
    same(row["phase"], "system", "phase")
    expect(not any(step["resource"] == "nixos" for step in row["steps"]), "a step of the final system was taken")
    shown = rack.appliance.host("px01")["permanent_key"]
    rack.hosts["px01"].serial.wait_for(re.escape(shown), 60)
    done = rack.appliance.command("trust", "px01", "x" * 8)
    expect(done.returncode == 1 and "ends otherwise" in done.stderr, f"a wrong end was taken: {done.stdout}{done.stderr}")
    done = rack.appliance.command("trust", "px01", shown[-8:])
    same(done.returncode, 0, f"trust: {done.stderr}")
    rack.appliance.wait_ok("px01")
    check_installed(rack, "px01")
