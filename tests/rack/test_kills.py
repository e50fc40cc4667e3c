"""landscaper serve killed with -9 on the way: the server still ends in `ok`, installed once."""

import time

from rack.rack import Rack
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
