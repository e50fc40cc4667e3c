"""Wipes that a person allowed: once, for the disks that they saw, and reinstalling a host that runs."""

from pathlib import Path

from rack import disk
from rack.expect import expect, same
from rack.rack import Rack
from rack.test_rack_up import check_installed
from rack.test_refusals import wait_held


def refused(rack: Rack, words: str, *arguments: str) -> None:
    done = rack.appliance.command("arm", "px01", *arguments)
    expect(done.returncode != 0, f"arm {arguments} was taken: {done.stdout}")
    expect(words in done.stderr, f"arm {arguments}: '{done.stderr.strip()}' does not say '{words}'")
    print(f"    {done.stderr.strip()}", flush=True)


def set_wipe(rack: Rack, policy: str) -> None:
    rack.inventory["px01"]["disk"] = f"{{ layout: single-ext4, wipe: {policy} }}"
    rack.write_inventory()


def arm(rack: Rack, name: str = "px01") -> None:
    done = rack.appliance.command("arm", name, "--confirm", name)
    same(done.returncode, 0, f"arm {name}: {done.stdout}{done.stderr}")
    print("    " + done.stdout.strip().replace("\n", "\n    "), flush=True)


def test_nothing_is_armed_or_disarmed_where_there_is_nothing_to_allow(folder) -> None:
    """No QEMU: what the commands say of a server that was never seen, and of one with `blank` and `never`."""
    rack = Rack(folder)
    rack.start()
    refused(rack, "is not armed", "--disarm")
    for policy in ("blank", "never"):
        set_wipe(rack, policy)
        rack.appliance.wait_said(lambda: f"is `{policy}`" in rack.appliance.command("arm", "px01").stderr, policy)
        refused(rack, "inventory.yaml:", "--confirm", "px01")
    set_wipe(rack, "any")
    rack.appliance.wait_said(lambda: "not known yet" in rack.appliance.command("arm", "px01").stderr, "any")
    refused(rack, "switch it on, and arm it when it waits at the gate", "--confirm", "px01")


def test_a_disk_with_data_is_wiped_after_arm_and_the_host_installed_anew_after_another(folder) -> None:
    rack = Rack(folder)
    disk.with_ext4(rack.hosts["px01"].disk)
    rack.start()
    rack.power_on()
    wait_held(rack, "px01")
    refused(rack, "`disk.wipe` of px01 is `blank`", "--confirm", "px01")
    set_wipe(rack, "own")
    arm(rack)
    row = rack.appliance.wait_for("px01", lambda row: "covers only" in row["sentence"], 60)
    same(row["condition"], "HOLD", "`own` does not cover somebody else's data")
    set_wipe(rack, "any")
    refused(rack, "nothing was allowed", "--confirm", "px02")
    refused(rack, "nothing was allowed")
    arm(rack)
    rack.appliance.wait_ok("px01")
    first = check_installed(rack, "px01")
    key = rack.appliance.host("px01")["permanent_key"]

    set_wipe(rack, "own")
    rack.appliance.command("retry", "px01")
    arm(rack)
    rack.appliance.wait_for("px01", lambda row: row["attempt"] == 2 and row["phase"] != "ok", 30)
    rack.appliance.wait_ok("px01")
    second = check_installed(rack, "px01")
    same(second["attempt"], 2, "attempt")
    expect(second["marker"]["nonce"] != first["marker"]["nonce"], "the marker's nonce is that of the first installation")
    expect(rack.appliance.host("px01")["permanent_key"] != key, "the host key is that of the first installation")
    left = [p for p in Path("/run/landscaper/grants").glob("*")]
    expect(not left, f"grants left behind: {left}")
