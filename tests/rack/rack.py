"""A whole rack as rack-up and the tests want it: wires, the site's DHCP server, landscaper and N servers.

Runs inside a scope. Times are the host's clock.
"""

import time
from pathlib import Path

from rack import disk as disk_images
from rack import network, store
from rack.appliance import Appliance
from rack.firmware import UEFI, Firmware
from rack.host import Host
from rack.network import Network
from rack.site_dhcp import SiteDhcp


def server_name(number: int) -> str:
    return f"px{number:02}"


class Rack:
    """`servers` blank servers px01, px02, ... (switched off), listed in the inventory.

    `site` makes the site's DHCP server, None for a segment without any; `dhcp` is the inventory's word. `disk` names the
    controllers (rack.drives) of the servers in turn. With two `disks` a server's root is mirrored. `disk_size` in bytes.
    """

    def __init__(self, folder: Path, servers: int = 1, memory: int = 2048, firmware: Firmware = UEFI, dhcp: str = "proxy",
                 site=SiteDhcp, disk: tuple = ("virtio",), disks: int = 1, disk_size: int = disk_images.STANDARD_SIZE):
        self.folder, self.firmware, self.dhcp, self.controllers = folder, firmware, dhcp, disk
        self.disks, self.disk_size = disks, disk_size
        self.systems = store.systems()
        self.roles: dict = {}     # more roles than the ordinary one: {role: systems}
        if "sata" in disk:      # the cloud kernel has no driver for it
            self.systems["base"] = self.systems["generic_base"]
        self.network = Network()
        self.site = site(self.network, folder) if site else None
        self.appliance = Appliance(self.network, folder)
        self.hosts = {server_name(n): self._server(n, memory) for n in range(1, servers + 1)}
        self.inventory = {name: self.row(number) for number, name in enumerate(self.hosts, start=1)}
        self.write_inventory()

    def _server(self, number: int, memory: int) -> Host:
        name = server_name(number)
        images = [disk_images.blank(self.folder / f"{name}{'' if slot == 0 else f'.{slot}'}.raw", self.disk_size) for slot in range(self.disks)]
        return Host(self.network, self.folder, name, network.host_mac(number), *images, memory=memory, firmware=self.firmware,
                    controller=self.controllers[(number - 1) % len(self.controllers)])

    def row(self, number: int) -> dict:
        """A server's line in the inventory."""
        row = {"mac": network.host_mac(number), "ip": f"{network.host_address(number)}/{network.LENGTH}", "gateway": network.SITE}
        if self.disks > 1:
            names = ", ".join(drive.by_id() for drive in self.hosts[server_name(number)].drives)
            row["disk"] = f"{{ layout: mdadm-raid1, devices: [{names}] }}"
        return row if self.firmware.is_uefi else {**row, "firmware": "bios"}

    def write_inventory(self) -> None:
        self.appliance.write_inventory(self.systems, self.inventory, dhcp=self.dhcp, roles=self.roles)

    def systems_of(self, name: str) -> dict:
        """The systems of a server's role."""
        return self.roles.get(self.inventory[name].get("role"), self.systems)

    def start(self, *more: str) -> None:
        """landscaper is up and answers; `more` words for `landscaper serve`."""
        self.appliance.start(*more)
        self.appliance.wait_ready()

    def power_on(self) -> float:
        """Switches all servers on; returns the Unix time."""
        for host in self.hosts.values():
            host.power_on()
        return time.time()

    def summary(self) -> dict:
        """landscaper's rows of the servers, and what everything has used."""
        rows = {name: self.appliance.host(name) for name in self.hosts}
        machines = {name: host.usage() for name, host in self.hosts.items() if host.is_on()}
        return {"hosts": rows, "programs": self.appliance.usage(), "machines": machines}
