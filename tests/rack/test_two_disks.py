"""A server with a mirrored root boots with either disk pulled, also after another generation was activated."""

import json
import time

from rack.expect import expect, partitions, read_marker, same
from rack.firmware import BIOS, UEFI, Firmware
from rack.pinned_ssh import PinnedSsh
from rack.rack import Rack
from rack.test_rack_up import login, login_when_up, print_phases, was_started_once

# Every file of an ESP, as one text.
ESP = "cd {} && find . -type f | sort | xargs sha256sum"
WHOLE = "mdadm --wait /dev/md/root >/dev/null; cat /sys/block/md*/md/degraded"


def layout_source(rack: Rack, name: str) -> str:
    """Which expression landscaper says made the disk scripts."""
    steps = rack.appliance.json("host", name)["steps"]
    return json.loads(next(step for step in steps if step["step"] == "format")["proof_text"])["layout"]


def check_whole(rack: Rack, ssh: PinnedSsh) -> None:
    """Both halves of the mirror are in step, and both disks carry marker, loader and boot entry."""
    same(ssh.run(WHOLE, timeout=900), "0", "missing disks of the mirror")
    markers = [read_marker(ssh, disk) for disk in ("/dev/vda", "/dev/vdb")]
    same(markers[0], markers[1], "the disks' markers")
    kind, system = ("ESP", "vfat") if rack.firmware.is_uefi else ("boot", None)
    for disk, name in (("/dev/vda", "main"), ("/dev/vdb", "disk1")):
        same(partitions(ssh, disk), [(1, f"disk-{name}-{kind}", system), (2, f"disk-{name}-root", "linux_raid_member")], disk)
    if not rack.firmware.is_uefi:
        return
    first, second = (ssh.run(ESP.format(place)) for place in ("/boot", "/boot1"))
    expect("EFI/BOOT/BOOTX64.EFI" in first and "nixos-generation-2.conf" in first, f"on the first ESP there is {first}")
    same(second, first, "files of the second ESP")
    entries = ssh.run("efibootmgr -v").lower()
    for disk in ("/dev/vda1", "/dev/vdb1"):
        guid = ssh.run(f"blkid -p -s PART_ENTRY_UUID -o value {disk}").lower()
        expect(any(guid in line and "systemd-bootx64.efi" in line for line in entries.splitlines()),
               f"no boot entry for {disk} ({guid}): {entries}")


def activate(rack: Rack, name: str, toplevel: str) -> None:
    """Another generation, as an operator orders it."""
    rack.systems = {**rack.systems, "toplevel": toplevel}
    rack.write_inventory()
    deadline = time.monotonic() + 60
    while rack.appliance.command("plan").returncode != 4:   # until the daemon has read the file
        expect(time.monotonic() < deadline, "the daemon plans nothing for another toplevel")
        time.sleep(0.2)
    done = rack.appliance.command("apply", f"hosts.{name}", timeout=900)
    same(done.returncode, 0, f"apply: {done.stdout[-500:]} {done.stderr[-500:]}")
    same(rack.appliance.wait_ok(name)["toplevel"], toplevel, "generation on the console")


def boot_without(rack: Rack, number: int, systems: dict) -> None:
    """Power-on with one disk pulled; the server itself says which generation it runs."""
    host = rack.hosts["px01"]
    host.drives[number].pulled = True
    host.power_on()
    ssh = login_when_up(rack, "px01", 400)
    for link in ("booted", "current"):
        same(ssh.run(f"readlink -f /run/{link}-system"), systems["toplevel"], f"disk {number} pulled: /run/{link}-system")
    same(ssh.run("cat /sys/block/md*/md/degraded"), "1", f"disk {number} pulled: missing disks of the mirror")
    same(rack.appliance.host("px01")["toplevel"], systems["toplevel"], "generation on the console")
    print(f"    disk {number} pulled: generation {ssh.run('readlink /nix/var/nix/profiles/system')}, on "
          f"{ssh.run('ls /sys/block/md*/slaves')}, {time.monotonic() - host.powered_on:.1f} s from power-on", flush=True)
    switch_off(rack, ssh)
    host.drives[number].pulled = False


def switch_off(rack: Rack, ssh: PinnedSsh) -> None:
    ssh.run("poweroff")
    rack.hosts["px01"].wait_off(120)


def take_back(rack: Rack) -> None:
    """Power-on with both disks; the one that was away is taken into the mirror again, as its owner would do it."""
    rack.hosts["px01"].power_on()
    ssh = login_when_up(rack, "px01", 400)
    ssh.run("for half in /dev/disk/by-partlabel/disk-*-root; do part=$(basename $(readlink -f $half)); "
            "grep -q \"$part\\[\" /proc/mdstat || mdadm /dev/md/root --re-add /dev/$part; done")
    check_whole(rack, ssh)
    switch_off(rack, ssh)


def either_disk(folder, firmware: Firmware) -> None:
    rack = Rack(folder, firmware=firmware, disks=2)
    rack.start()
    powered_on = rack.power_on()
    rack.appliance.wait_ok("px01", 900)
    print_phases(rack, "px01", powered_on)
    print(f"    layout by {layout_source(rack, 'px01')}", flush=True)
    # GRUB reads a mirror and cannot write it, so it could not take back an order for one start.
    same(was_started_once(rack, "px01"), firmware.is_uefi, "the final system was to be started once")
    check_whole(rack, login(rack, "px01"))
    activate(rack, "px01", rack.systems["base"])    # generation 3
    ssh = login(rack, "px01")
    same(ssh.run("readlink /nix/var/nix/profiles/system"), "system-3-link", "the second generation that was activated")
    check_whole(rack, ssh)
    switch_off(rack, ssh)
    boot_without(rack, 0, rack.systems)
    take_back(rack)
    boot_without(rack, 1, rack.systems)


def test_a_server_boots_with_either_of_its_two_disks(folder) -> None:
    either_disk(folder, UEFI)


def test_a_bios_server_boots_with_either_of_its_two_disks(folder) -> None:
    either_disk(folder, BIOS)
