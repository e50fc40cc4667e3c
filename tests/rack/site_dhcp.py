"""The site's own DHCP server, which landscaper finds and leaves alone: dnsmasq with a dynamic range, without PXE."""

import subprocess
import time
from pathlib import Path

from rack.debs import unpacked
from rack.network import PREFIX, SITE, Network


def dnsmasq_program() -> list:
    """dnsmasq from its package, with the libraries it was built with."""
    folder = unpacked(["dnsmasq-base"], without=["dbus"])
    library = f"{folder}/usr/lib/x86_64-linux-gnu"
    return [f"{library}/ld-linux-x86-64.so.2", "--library-path", library, f"{folder}/usr/sbin/dnsmasq"]


class SiteDhcp:
    """dnsmasq in namespace `site`: addresses .100 to .199, router and name server itself."""

    def __init__(self, network: Network, folder: Path):
        self.leases = folder / "site.leases"
        self.log = folder / "site-dhcp.log"
        self.leases.unlink(missing_ok=True)
        self.process = network.spawn("site", [
            *dnsmasq_program(), "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--no-resolv", "--no-hosts",
            "--interface=lan", "--bind-interfaces", "--log-dhcp", "--log-facility=-", "--pid-file=",
            f"--dhcp-range={PREFIX}100,{PREFIX}199,1h", f"--dhcp-option=option:router,{SITE}",
            "--dhcp-authoritative", "--no-ping", f"--dhcp-leasefile={self.leases}",
        ], stdout=self.log.open("wb"), stderr=subprocess.STDOUT)
        time.sleep(0.2)
        if self.process.poll() is not None:
            raise RuntimeError(f"the site's dnsmasq ended at once: {self.log.read_text()[-500:]}")

    def address_of(self, mac: str) -> str | None:
        """The dynamic address this server has leased to a MAC. For the rack's own look-around, never for landscaper."""
        for line in self.leases.read_text().splitlines() if self.leases.exists() else []:
            words = line.split()
            if words[1].lower() == mac.lower():
                return words[2]
        return None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
