"""Layouts as the real disko writes them, where it is given: LANDSCAPER_DISKO=DIR NIXPKGS_LIB=DIR/lib.

DIR are the trees of nix-community/disko and nix-community/nixpkgs.lib. Without them the tests say so and end.
"""

import json
import os

from rack import disk
from rack.expect import expect
from rack.rack import Rack
from rack.test_rack_up import check_installed, login, print_phases
from rack.test_two_disks import check_whole, layout_source


def is_given() -> bool:
    lacking = [name for name in ("LANDSCAPER_DISKO", "NIXPKGS_LIB") if not os.environ.get(name)]
    if lacking:
        print(f"    skipped, nothing was shown: {' and '.join(lacking)} not set (trees of nix-community/disko and of "
              "nix-community/nixpkgs.lib, its folder lib)", flush=True)
    return not lacking


def first_disk_as(rack: Rack, name: str, layout: str) -> None:
    drive = rack.hosts[name].drives[0]
    rack.inventory[name]["disk"] = f"{{ layout: {layout}, devices: [{drive.by_id()}] }}"


def said_disko(rack: Rack, name: str) -> None:
    source = layout_source(rack, name)
    expect(source.startswith("disko at "), f"{name}: the layout is by {source}")
    print(f"    {name}: layout by {source}", flush=True)


def test_one_disk_and_two_mirrored_ones_by_disko(folder) -> None:
    if not is_given():
        return
    rack = Rack(folder, servers=2, disks=2)
    first_disk_as(rack, "px01", "single-ext4")
    rack.write_inventory()
    rack.start()
    powered_on = rack.power_on()
    for name in rack.hosts:
        rack.appliance.wait_ok(name, 1200)
        print_phases(rack, name, powered_on)
        said_disko(rack, name)
    check_installed(rack, "px01")
    check_whole(rack, login(rack, "px02"))


def test_btrfs_and_lvm_by_disko_up_to_the_reboot(folder) -> None:
    """The rehearsal's systems boot from ext4 only, so these end where the installer is done with the disk."""
    if not is_given():
        return
    rack = Rack(folder, servers=2)
    for name, layout in (("px01", "btrfs"), ("px02", "lvm-thin")):
        disk.blank(rack.hosts[name].disk, 40 * disk.GIB)     # takes no room
        first_disk_as(rack, name, layout)
    rack.write_inventory()
    rack.start()
    powered_on = rack.power_on()
    for name in rack.hosts:
        rack.appliance.wait_for(name, lambda row: row["phase"] == "reboot", 1200)
        print_phases(rack, name, powered_on)
        said_disko(rack, name)
        steps = {s["step"]: s for s in rack.appliance.json("host", name)["steps"] if s["resource"] == "installation"}
        mounts = json.loads(steps["format"]["proof_text"])["mounts"]
        print(f"    {name}: {mounts}", flush=True)
        for step in ("format", "copy", "loader", "unmount", "finish"):
            expect(steps[step].get("proof"), f"{name}: the step {step} was not proven")
