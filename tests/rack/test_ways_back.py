"""Final systems that do not work: the host itself goes back to what it was, and takes the next one."""

import time

from rack.expect import expect, same
from rack.firmware import BIOS
from rack.rack import Rack
from rack.test_rack_up import check_installed, login, was_started_once

GRUB_ORDERS = "grub-editenv /boot/grub/grubenv list"


def change_toplevel(rack: Rack, name: str, good: dict) -> None:
    rack.systems = {**good, "toplevel": good[name]}
    rack.write_inventory()


def wait_failed(rack: Rack, words: str, seconds: float) -> None:
    """Until px01 has FAILED for this reason; it must run its base system, reachable under its pinned key."""
    row = rack.appliance.wait_for("px01", lambda row: words in row["sentence"], seconds)
    print(f"    {row['sentence'][:200]}", flush=True)
    ssh = login(rack, "px01")
    same(ssh.run("nixos-version"), "25.05.rehearsal-base", "the system after the way back")
    expect("base" in ssh.run("readlink -f /run/booted-system"), "another system than the base was booted")


def wait_running(rack: Rack, seconds: float) -> None:
    """Until landscaper has taken up its work again by itself, from FAILED."""
    deadline = time.monotonic() + seconds
    while (row := rack.appliance.host("px01"))["condition"] != "run":
        expect(time.monotonic() < deadline, f"px01 stays {row['condition']}: {row['sentence']}")
        time.sleep(0.2)


def test_a_system_without_network_and_one_with_a_dead_kernel_are_taken_back(folder) -> None:
    rack = Rack(folder)
    good = rack.systems
    change_toplevel(rack, "cut_off", good)
    rack.start()
    rack.power_on()
    wait_failed(rack, "gone back to the previous", 1200)
    change_toplevel(rack, "dead_kernel", good)
    wait_running(rack, 60)
    wait_failed(rack, "came back in its previous generation", 900)
    change_toplevel(rack, "toplevel", good)
    wait_running(rack, 60)
    rack.appliance.wait_ok("px01")
    rack.systems = good
    check_installed(rack, "px01")


def test_grub_starts_a_dead_kernel_once(folder) -> None:
    """GRUB itself takes the order back before it obeys; the next start is the default's, the base system."""
    rack = Rack(folder, firmware=BIOS)
    good = rack.systems
    change_toplevel(rack, "dead_kernel", good)
    rack.start()
    rack.power_on()
    wait_failed(rack, "came back in its previous generation", 1200)
    expect(was_started_once(rack, "px01"), "GRUB was not told to start the dead kernel once")
    same(login(rack, "px01").run(GRUB_ORDERS), "next_entry=", "what GRUB left of the order")
    change_toplevel(rack, "toplevel", good)
    wait_running(rack, 60)
    rack.appliance.wait_ok("px01", 600)
    rack.systems = good
    check_installed(rack, "px01")
    same(login(rack, "px01").run(GRUB_ORDERS), "", "orders left for GRUB")
