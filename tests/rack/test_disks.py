"""Servers whose disks are no virtual ones: NVMe and SATA, as the generic kernel names them."""

from rack.expect import expect
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
        first = login(rack, name).run("cat /proc/sys/kernel/random/boot_id")
        rack.hosts[name].cut_power()
        rack.hosts[name].power_on()
        again = login_when_up(rack, name, 300).run("cat /proc/sys/kernel/random/boot_id")
        expect(again != first, f"{name} did not boot again")
        check_installed(rack, name)
