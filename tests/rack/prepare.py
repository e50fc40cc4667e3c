"""Everything a rack needs from the network, downloaded and built before it starts: inside there is no way out."""

from rack import installer, store
from rack.boot_programs import boot_programs
from rack.debs import unpacked
from rack.firmware import uefi_files
from rack.site_dhcp import dhcpd_program, dnsmasq_program, kea_program


def everything() -> dict:
    """Firmware, the site's DHCP server, the installer image and the systems; returns what store.systems() does."""
    uefi_files()
    boot_programs()
    for program in (dnsmasq_program, dhcpd_program, kea_program):
        program()
    installer.image()
    unpacked(["busybox-static"], deps=False)
    return store.systems()
