"""Servers whose disks are no virtual ones: NVMe and SATA, as the generic kernel names them; large sectors, large disks."""

from rack.expect import expect, same
from rack.rack import Rack
from rack.test_rack_up import check_installed, login, login_when_up, print_phases


def test_an_nvme_server_and_a_sata_server_come_to_ok(folder) -> None:
    rack = Rack(folder, servers=2, disk=("nvme", "sata"))
    rack.start()
    powered_on = rack.power_on()
    for name in rack.hosts:
        rack.appliance.wait_ok(name, 900)
        print_phases(rack, name, powered_on)
    for name, root in (("px01", "/dev/nvme0n1p2"), ("px02", "/dev/sda2")):
        check_installed(rack, name, booted="base")
        mounted = login(rack, name).run("findmnt -no SOURCE /")
        expect(mounted == root, f"{name}: the root is {mounted}, not {root}")
    for name in rack.hosts:
        boots_again(rack, name)


def boots_again(rack: Rack, name: str) -> None:
    """From its disk, after a power cut."""
    first = login(rack, name).run("cat /proc/sys/kernel/random/boot_id")
    rack.hosts[name].cut_power()
    rack.hosts[name].power_on()
    again = login_when_up(rack, name, 300).run("cat /proc/sys/kernel/random/boot_id")
    expect(again != first, f"{name} did not boot again")
    check_installed(rack, name)


def test_a_server_with_a_large_disk_of_large_sectors_gets_the_role_it_was_given_last(folder) -> None:
    rack = Rack(folder, disk=("nvme-4kn",), disk_size=3 << 40)
    rack.roles["other"] = {"base": rack.systems["generic_base"], "toplevel": rack.systems["toplevel"]}
    rack.inventory["px01"]["role"] = "other"
    rack.write_inventory()
    rack.start()
    rack.appliance.wait_for("px01", lambda row: row["sentence"].startswith("switch it on"), 120)
    rack.inventory["px01"].pop("role")
    rack.write_inventory()
    powered_on = rack.power_on()
    rack.appliance.wait_ok("px01", 900)
    print_phases(rack, "px01", powered_on)
    check_installed(rack, "px01")
    ssh = login(rack, "px01")
    same(ssh.run("readlink -f /nix/var/nix/profiles/system-1-link"), rack.systems["base"], "what was installed")
    same(ssh.run("cat /sys/block/nvme0n1/queue/logical_block_size"), "4096", "bytes of a sector")
    expect(int(ssh.run("df --output=size -B1 / | tail -n1")) > 2 << 40, "the root does not reach beyond 2 TiB")
    boots_again(rack, "px01")
