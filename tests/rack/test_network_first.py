"""Network first in the boot order: an installed server is at its disk's kernel after every reset, and landscaper-bootd alone
sends it there (as after a power cut, before `landscaper serve` is up). Times are printed, never asserted."""

import json
import subprocess
import sys
import time
import uuid
from pathlib import Path

from rack import cable, firmware, installer, network
from rack.appliance import STATE, data_folder, program
from rack.boot_events import boot_events
from rack.boot_programs import grub_on_disk
from rack.debs import unpacked
from rack.dhcp_client import discover
from rack.expect import expect, same
from rack.host import Host
from rack.paths import SOURCE
from rack.site_dhcp import SiteDhcp

sys.path.insert(0, str(SOURCE / "tests/pxe/nbp"))
from machine import gpt_disk  # noqa: E402

RESETS = 3
OPTIONS = "console=ttyS0,115200 rack=from-the-disk"
AT_KERNEL = "Command line:.*rack=from-the-disk"


def bootable_disk(path: Path) -> Path:
    """A disk that any firmware starts: systemd-boot for UEFI, GRUB for BIOS, a kernel that says where it came from."""
    loader = unpacked(["systemd-boot-efi"], deps=False) / "usr/lib/systemd/boot/efi/systemd-bootx64.efi"
    entry = f"title disk\nlinux /kernel\noptions {OPTIONS}\n".encode()
    gpt_disk(path, uuid.UUID("0000000d-0001-4002-8003-000000000004"), {
        "EFI/BOOT/BOOTX64.EFI": loader, "loader/loader.conf": b"timeout 0\n", "loader/entries/one.conf": entry,
        "kernel": installer.FOLDER / "kernel"})
    grub_on_disk(path, f"set root=(hd0,gpt1)\nlinux /kernel {OPTIONS}\nboot\n")
    return path


def start_bootd(wires: network.Network, folder: Path, known: str) -> subprocess.Popen:
    """landscaper-bootd without serve, which remembers one installed server."""
    state = Path(STATE) / "bootd"
    state.mkdir(parents=True)
    (state / "local.json").write_text(json.dumps({"version": 1, "dhcp": "proxy", "interfaces": ["lan"], "local": [known]}))
    Path("/run/landscaper").mkdir(exist_ok=True)
    started = wires.spawn("appliance", [program("landscaper-bootd"), "--state", state, "--data", data_folder()],
                          stderr=(folder / "bootd.log").open("wb"))
    deadline = time.monotonic() + 20
    while not Path("/run/landscaper/bootd.sock").exists():
        expect(started.poll() is None and time.monotonic() < deadline, f"no bootd: {(folder / 'bootd.log').read_text()}")
        time.sleep(0.05)
    return started


def kernel_times(host: Host, order: str) -> list:
    """Seconds from each of three resets to the disk's kernel."""
    host.boot_order = order
    host.power_on()
    host.serial.wait_for(AT_KERNEL, 300)
    times = []
    for _ in range(RESETS):
        position, start = host.serial.position(), time.monotonic()
        host.reset()
        times.append(host.serial.wait_for(AT_KERNEL, 300, position) - start)
    host.cut_power()
    return times


def compare(folder, kind: firmware.Firmware, site=SiteDhcp, plain_rom: bool = False) -> list:
    """Three resets disk first, three network first; returns the boot events of the latter. `plain_rom`: an iPXE ROM is made
    to look like any other."""
    wires = network.Network()
    site(wires, folder)
    host = Host(wires, folder, "px01", network.host_mac(1), bootable_disk(folder / "px01.raw"), memory=1024, firmware=kind)
    if plain_rom:
        cable.lay(wires, host.tap)
    start_bootd(wires, folder, network.host_mac(1))
    disk_first = kernel_times(host, "disk_first")
    same([e for e in boot_events() if e.get("mac")], [], "boot events of a server that starts from its disk")
    network_first = kernel_times(host, "network_first")
    average = sum(disk_first) / RESETS
    print(f"    {kind.name}: reset to the disk's kernel, disk first " + ", ".join(f"{t:.1f}" for t in disk_first) +
          " s; network first " + ", ".join(f"{t:.1f}" for t in network_first) + " s; ratio " +
          ", ".join(f"{t / average:.2f}" for t in network_first), flush=True)
    stranger = "52:54:00:ff:00:01"
    wires.add_namespace("stranger", f"{network.PREFIX}90/{network.LENGTH}", stranger)
    same(discover(wires, "stranger", stranger), {network.SITE}, "who answers a MAC that is not known as installed")
    return boot_events()


def complete(events: list, name: str) -> int:
    """How often an object was fetched whole."""
    return sum(e["kind"] == "done" and e["complete"] and e["object"] == name for e in events)


def test_uefi_network_first(folder) -> None:
    events = compare(folder, firmware.UEFI)
    same(complete(events, "local.efi"), 1 + RESETS, "fetches of the local-boot program")
    same({e["object"] for e in events if e["kind"] == "rrq"}, {"local.efi"}, "what was fetched")


def test_bios_ipxe_network_first(folder) -> None:
    events = compare(folder, firmware.BIOS)
    same(complete(events, "local.ipxe"), 1 + RESETS, "fetches of the script to the disk")


def test_bios_rom_network_first(folder) -> None:
    """A ROM that is no iPXE gets a menu whose only item is boot server 0: the local disk (PXE 2.1, 2.2.5)."""
    events = compare(folder, firmware.BIOS, plain_rom=True)
    told = [e["file"] for e in events if e["kind"] == "offer" and e["class"] == "bios-pxe"]
    expect(len(told) >= 1 + RESETS and set(told) == {"local disk"}, f"offers: {told}")
    same([e["object"] for e in events if e["kind"] in ("rrq", "http")], [], "what was fetched")


class SiteWithRouter(SiteDhcp):
    """A site with IPv6: without a router's advertisements iPXE waits 16 s for one before it asks for anything."""

    more = ("--enable-ra", "--dhcp-range=fd00:10::,ra-only")

    def arguments(self) -> list:
        self.network.run("site", "ip", "address", "add", "fd00:10::1/64", "dev", "lan", "nodad")
        return super().arguments()


def test_bios_ipxe_network_first_beside_an_ipv6_router(folder) -> None:
    events = compare(folder, firmware.BIOS, SiteWithRouter)
    same(complete(events, "local.ipxe"), 1 + RESETS, "fetches of the script to the disk")
