"""Everything a rack needs from the network, downloaded and built before it starts: inside there is no way out."""

from rack import installer, store
from rack.boot_programs import boot_programs
from rack.debs import unpacked
from rack.firmware import uefi_files
from rack.site_dhcp import dhclient_program, dhcpd_program, dnsmasq_program, kea_program


def everything() -> dict:
    """Firmware, the site's DHCP server, the installer image and the systems; returns what store.systems() does."""
    uefi_files()
    boot_programs()
    dnsmasq_program()
    installer.image()
    unpacked(["busybox-static"], deps=False)
    return store.systems()


def for_tests() -> None:
    """And what only tests want: other DHCP servers, a client, tools to make disks."""
    for program in (dhcpd_program, kea_program, dhclient_program):
        program()
    for package in ("mtools", "systemd-boot-efi"):
        unpacked([package], deps=False)
    everything()
