"""Layouts as the real disko writes them, where it is given: LANDSCAPER_DISKO=DIR NIXPKGS_LIB=DIR/lib.

DIR are the trees of nix-community/disko and nix-community/nixpkgs.lib. Without them the tests say so and end.
"""

import json
import os

from rack import disk
from rack.expect import expect, same
from rack.firmware import BIOS, UEFI, Firmware
from rack.pinned_ssh import PinnedSsh
from rack.rack import Rack
from rack.test_arm import arm
from rack.test_rack_up import check_installed, login, login_when_up, print_phases, was_started_once
from rack.test_two_disks import check_whole, layout_source


def is_given() -> bool:
    lacking = [name for name in ("LANDSCAPER_DISKO", "NIXPKGS_LIB") if not os.environ.get(name)]
    if lacking:
        print(f"    skipped, nothing was shown: {' and '.join(lacking)} not set (trees of nix-community/disko and of "
              "nix-community/nixpkgs.lib, its folder lib)", flush=True)
    return not lacking


def first_disk_as(rack: Rack, name: str, layout: str, wipe: str = "blank") -> None:
    drive = rack.hosts[name].drives[0]
    rack.inventory[name]["disk"] = f"{{ layout: {layout}, devices: [{drive.by_id()}], wipe: {wipe} }}"


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


# {layout: what blkid calls its root partition}
ROOTS = {"btrfs": "btrfs", "lvm-thin": "LVM2_member"}
# A volume of the thin pool that `lvm-thin` has beside its root, with a first sector that says whose it is.
THIN_VOLUME = ("lvcreate -q -y -V 1G -T pool/thin -n guest && printf 'a guest of px02' | dd of=/dev/pool/guest bs=512 conv=sync,fsync")


def mounted_by_disko(rack: Rack, name: str) -> dict:
    """{place: (device, type)} of the mounts that disko's script made in the installer, its /mnt taken off."""
    steps = rack.appliance.json("host", name)["steps"]
    proof = next(step for step in steps if step["step"] == "format" and step["resource"] == "installation")["proof_text"]
    rows = [line.split() for line in json.loads(proof)["mounts"]]
    return {place.removeprefix("/mnt") or "/": (device, kind) for place, device, kind in rows}


def mounted(ssh: PinnedSsh) -> dict:
    """The same of the running host: what lies on its disk."""
    rows = [line.split() for line in ssh.run("findmnt -rn -o TARGET,SOURCE,FSTYPE").splitlines()]
    return {place: (device, kind) for place, device, kind in rows if device.startswith("/dev/")}


def check_layout(rack: Rack, name: str, layout: str) -> dict:
    """An installed host on its layout: what check_installed() returns."""
    seen = check_installed(rack, name, root=ROOTS[layout])
    ssh = login(rack, name)
    mounts = mounted_by_disko(rack, name)
    same(mounted(ssh), mounts, f"{name}: mounts of the host, and of the installer")
    wanted = {"/boot": ("/dev/vda1", "vfat")} if rack.firmware.is_uefi else {}
    if layout == "btrfs":
        places = (("/", "/root"), ("/nix", "/nix"), ("/home", "/home"))
        same(mounts, {**wanted, **{place: (f"/dev/vda2[{volume}]", "btrfs") for place, volume in places}}, f"{name}: mounts")
    else:
        same(mounts, {**wanted, "/": ("/dev/mapper/pool-root", "ext4")}, f"{name}: mounts")
        volumes = dict(line.split() for line in ssh.run("lvs --noheadings -o lv_name,segtype pool").splitlines())
        same({key: volumes[key] for key in ("root", "thin")}, {"root": "linear", "thin": "thin-pool"}, f"{name}: volumes")
    print(f"    {name}: {mounts}", flush=True)
    return seen


def install_anew(rack: Rack, layouts: dict, first: dict) -> None:
    """The gate knows what it left on the disks, and after `arm` disko takes it apart: subvolumes, volume group and guests."""
    for name, layout in layouts.items():
        first_disk_as(rack, name, layout, "own")
    rack.write_inventory()
    for name in layouts:
        rack.appliance.wait_said(lambda name=name: "--confirm" in rack.appliance.command("arm", name).stderr, f"`own` of {name}")
        arm(rack, name)
    for name, layout in layouts.items():
        rack.appliance.wait_for(name, lambda row: row["attempt"] == 2 and row["phase"] != "ok", 60)
    for name, layout in layouts.items():
        rack.appliance.wait_ok(name, 1800)
        marker = check_layout(rack, name, layout)["marker"]
        expect(marker["nonce"] != first[name]["marker"]["nonce"], f"{name}: the marker's nonce is that of the first installation")
    expect("guest" not in login(rack, "px02").run("lvs --noheadings -o lv_name pool"), "px02: a volume of the first installation is left")


def btrfs_and_lvm(folder, firmware: Firmware) -> None:
    """Up to `ok`, and through another power-on."""
    rack = Rack(folder, servers=2, firmware=firmware)
    layouts = dict(zip(rack.hosts, ROOTS))
    for name, layout in layouts.items():
        disk.blank(rack.hosts[name].disk, 40 * disk.GIB)     # takes no room
        first_disk_as(rack, name, layout)
        rack.inventory[name]["role"] = layout
        half = layout.replace("-", "_")
        rack.roles[layout] = {word: rack.systems[f"{half}_{word}"] for word in ("base", "toplevel")}
    rack.write_inventory()
    rack.start()
    powered_on = rack.power_on()
    first = {}
    for name, layout in layouts.items():
        rack.appliance.wait_ok(name, 1800)
        print_phases(rack, name, powered_on)
        said_disko(rack, name)
        first[name] = check_layout(rack, name, layout)
        # GRUB reads btrfs and volumes, and writes neither.
        same(was_started_once(rack, name), firmware.is_uefi, f"{name}: the final system was to be started once")
    login(rack, "px02").run(THIN_VOLUME)
    for host in rack.hosts.values():
        host.cut_power()
        host.power_on()
    for name, layout in layouts.items():
        ssh = login_when_up(rack, name, 600)
        expect(ssh.run("cat /proc/sys/kernel/random/boot_id") != first[name]["boot"], f"{name} did not boot again")
        second = check_layout(rack, name, layout)
        same(second["marker"], first[name]["marker"], f"{name}: marker after the second power-on")
        same(second["attempt"], first[name]["attempt"], f"{name}: attempt after the second power-on")
    same(login(rack, "px02").run("head -c 15 /dev/pool/guest"), "a guest of px02", "what the thin volume held before the power went")
    if firmware.is_uefi:      # a BIOS server is sent to the network by a person at its screen
        install_anew(rack, layouts, first)


def test_btrfs_and_lvm_by_disko_come_to_ok_and_boot_from_their_disks(folder) -> None:
    if is_given():
        btrfs_and_lvm(folder, UEFI)


def test_btrfs_and_lvm_by_disko_on_bios_servers(folder) -> None:
    if is_given():
        btrfs_and_lvm(folder, BIOS)
