"""Everything a rack needs from the network, downloaded and built before it starts: inside there is no way out."""

from rack import installer, store
from rack.debs import unpacked
from rack.host import firmware_files
from rack.site_dhcp import dnsmasq_program


def everything() -> dict:
    """Firmware, the site's DHCP server, the installer image and the systems; returns what store.systems() does."""
    firmware_files()
    dnsmasq_program()
    installer.image()
    unpacked(["busybox-static"], deps=False)
    return store.systems()
