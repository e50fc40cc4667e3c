"""Final systems that do not work, or that nobody confirmed: the host itself goes back to what it was, and takes the next one."""

import subprocess
import time

from rack.expect import expect, same
from rack.firmware import BIOS, UEFI, Firmware
from rack.pinned_ssh import PinnedSsh
from rack.rack import Rack
from rack.test_rack_up import check_installed, login, was_started_once
from rack.test_systems import wait_for_ssh

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


LOADER = "cat /boot/loader/loader.conf 2>/dev/null || grep 'set default=gen' /boot/grub/grub.cfg"


def says(ssh: PinnedSsh, booted: str, current: str, default: str, link: str) -> None:
    """What the server booted, what it runs, what its profile names and what its next start boots."""
    for name, system in (("booted-system", booted), ("current-system", current)):
        same(ssh.run(f"readlink -f /run/{name}"), system, f"/run/{name}")
    same(ssh.run("readlink -f /nix/var/nix/profiles/system"), default, "the system profile")
    expect(f"generation-{link}" in ssh.run(LOADER), f"the loader's default is not generation {link}: {ssh.run(LOADER)}")


def die_at(rack: Rack, line: str, toplevel: str) -> None:
    """landscaper is told to activate another system, and dies at this line of its ledger."""
    same(rack.appliance.stop(), 0, "serve's end")
    rack.appliance.start(kill_at=line)
    rack.appliance.wait_ready()
    change_toplevel(rack, "toplevel", {**rack.systems, "toplevel": toplevel})
    rack.appliance.wait_said(lambda: rack.appliance.command("plan").returncode == 4, "another toplevel", 60)
    apply = subprocess.Popen([str(w) for w in rack.appliance.command_line("apply", "hosts.px01")], stdin=subprocess.DEVNULL)
    try:
        rack.appliance.wait_killed(300)
    finally:
        apply.kill()
        apply.wait()
    print(f"    killed at {line}", flush=True)


def cut_and_wait(rack: Rack, ssh: PinnedSsh) -> None:
    rack.hosts["px01"].cut_power()
    rack.hosts["px01"].power_on()
    wait_for_ssh(ssh, "true", 600)


def power_cuts_around_a_confirmation(folder, firmware: Firmware) -> None:
    rack = Rack(folder, firmware=firmware)
    first, second = rack.systems["toplevel"], rack.systems["generic_base"]    # of one kernel
    rack.start()
    rack.power_on()
    rack.appliance.wait_ok("px01", 900)
    ssh = login(rack, "px01")
    says(ssh, first, first, first, "2")

    die_at(rack, "nixos.activate.proof", second)
    says(ssh, first, second, first, "2")
    cut_and_wait(rack, ssh)
    says(ssh, first, first, first, "2")
    rack.start()
    rack.appliance.wait_for("px01", lambda row: row["toplevel"] == second and row["phase"] == "ok", 300)
    says(ssh, first, second, second, "3")
    said = [line["text"] for line in rack.appliance.json("hosts")["log"]]
    expect(any("was started again before" in line for line in said), f"nothing says that it was activated again: {said}")

    # Confirmed, and landscaper does not know of it.
    die_at(rack, "nixos.confirm.effect", first)
    cut_and_wait(rack, ssh)
    says(ssh, first, first, first, "4")
    rack.start()
    rack.appliance.wait_for("px01", lambda row: row["toplevel"] == first and row["phase"] == "ok", 300)
    says(ssh, first, first, first, "4")
    same(ssh.run("ls /nix/var/nix/gcroots/landscaper 2>/dev/null || true"), "", "what is kept from the collector")


def test_the_power_goes_before_and_after_a_confirmation(folder) -> None:
    power_cuts_around_a_confirmation(folder, UEFI)


def test_the_power_goes_before_and_after_a_confirmation_with_grub(folder) -> None:
    power_cuts_around_a_confirmation(folder, BIOS)
