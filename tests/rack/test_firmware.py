"""Every firmware reaches the installer: the server answers under the key that landscaper pinned for it, on a blank disk.

The installation does not go on from there: the power is cut as soon as the phase says that the pinned key was proven.
"""

import time

from rack import cable, firmware
from rack.expect import expect, same
from rack.network import SITE, host_address
from rack.rack import Rack
from rack.site_dhcp import SiteDhcpd, SiteKea

# Phases before the installer has answered; the next one is entered on that proof alone.
BEFORE = ("waiting", "installer")


def reach_installer(rack: Rack, seconds: float = 300) -> list:
    """Switches px01 on and waits for the proof; returns what landscaper logged about it, oldest first."""
    host = rack.hosts["px01"]
    host.boot_order = "network_first"
    rack.start()
    rack.power_on()
    row = rack.appliance.wait_for("px01", lambda r: r["phase"] not in BEFORE, seconds)
    took, snapshot = time.monotonic() - host.powered_on, rack.appliance.json("hosts")
    host.cut_power()
    print(f"    {host.firmware.name}: {row['phase']} {took:.1f} s after power-on", flush=True)
    expect(host.serial.find("landscaper installer: this machine is px01"), "the installer does not name itself")
    same(row["condition"], "run", "condition")
    return [line["text"] for line in snapshot["log"] if line["host"] == "px01"]


def served(log: list, *names: str) -> None:
    """Each of these was the beginning of a line, in this order."""
    rest = iter(log)
    for name in names:
        expect(any(line.startswith(name) for line in rest), f"no '{name}' (wanted, in this order: {names}) in {log}")


def never_served(log: list, *names: str) -> None:
    for name in names:
        expect(not any(line.startswith(name) for line in log), f"'{name}' in {log}")


def rack_of(folder, kind: firmware.Firmware, boot: str = "", **options) -> Rack:
    """One blank server; `boot` is its line `boot: { ... }` of the inventory."""
    rack = Rack(folder, firmware=kind, **options)
    if boot:
        rack.inventory["px01"]["boot"] = f"{{ {boot} }}"
        rack.write_inventory()
    return rack


def test_uefi_by_pxe(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI))
    served(log, "DISCOVER uefi-pxe", "tftp uki.efi", "uki.efi fetched")
    never_served(log, "http uki.efi", "tftp snponly.efi")


def test_uefi_by_http_boot(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI_HTTP))
    served(log, "DISCOVER uefi-http", "http uki.efi", "uki.efi fetched")
    never_served(log, "tftp")


def test_uefi_by_chained_snponly(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI, "nbp: ipxe"))
    served(log, "DISCOVER uefi-pxe", "tftp snponly.efi", "DISCOVER ipxe", "http script.ipxe", "http kernel", "http initrd",
           "http host.cpio", "host.cpio fetched")
    never_served(log, "tftp uki.efi", "http uki.efi")


def test_bios_by_the_ipxe_rom_of_its_card(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.BIOS))
    served(log, "DISCOVER ipxe", "http script.ipxe", "http kernel", "http initrd", "http host.cpio", "host.cpio fetched")
    never_served(log, "tftp")


def test_bios_by_the_ipxe_rom_of_an_e1000(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.BIOS_E1000))
    served(log, "DISCOVER ipxe", "http script.ipxe", "host.cpio fetched")


def test_bios_by_grub(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.BIOS, "nbp: grub"), 600)
    served(log, "DISCOVER ipxe", "tftp grub.0", "tftp grub.cfg", "tftp kernel", "tftp initrd", "tftp host.cpio",
           "host.cpio fetched")
    never_served(log, "http script.ipxe")


def test_bios_by_undionly_on_a_rom_that_is_no_ipxe(folder) -> None:
    rack = rack_of(folder, firmware.BIOS, "nbp: undionly")
    cable.lay(rack.network, rack.hosts["px01"].tap)
    log = reach_installer(rack, 400)
    served(log, "DISCOVER bios-pxe", "tftp undionly.kpxe", "undionly.kpxe fetched", "DISCOVER ipxe", "http script.ipxe",
           "http kernel", "http initrd", "host.cpio fetched")


def test_uefi_by_pxe_in_the_direct_style(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI, "style: direct"))
    served(log, "DISCOVER uefi-pxe", "tftp uki.efi", "uki.efi fetched")


def test_proxy_beside_isc_dhcpd(folder) -> None:
    rack = rack_of(folder, firmware.UEFI, site=SiteDhcpd)
    served(reach_installer(rack), "DISCOVER uefi-pxe", "tftp uki.efi", "uki.efi fetched")
    words = rack.site.log.read_text(errors="replace")
    expect(f"DHCPACK on {SITE[:-1]}" in words, f"the site's dhcpd gave no address: {words[-2000:]}")


def test_proxy_beside_kea(folder) -> None:
    rack = rack_of(folder, firmware.BIOS, site=SiteKea)
    served(reach_installer(rack), "DISCOVER ipxe", "http script.ipxe", "host.cpio fetched")
    words = rack.site.log.read_text(errors="replace")
    expect("DHCP4_LEASE_ALLOC" in words, f"the site's Kea gave no address: {words[-2000:]}")


def test_reservations_alone_on_the_segment_uefi(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI, site=None, dhcp="reservations"))
    served(log, "DISCOVER uefi-pxe", "tftp uki.efi", "uki.efi fetched")


def test_reservations_alone_on_the_segment_bios(folder) -> None:
    rack = rack_of(folder, firmware.BIOS, site=None, dhcp="reservations")
    log = reach_installer(rack)
    served(log, "DISCOVER ipxe", "http script.ipxe", "host.cpio fetched")
    expect(rack.hosts["px01"].serial.find(f"net0: {host_address(1)}/"), "the ROM has another address than the inventory's")


def test_reservations_alone_on_the_segment_http_boot(folder) -> None:
    log = reach_installer(rack_of(folder, firmware.UEFI_HTTP, site=None, dhcp="reservations"))
    served(log, "DISCOVER uefi-http", "http uki.efi", "uki.efi fetched")
