"""The site's own DHCP server, which landscaper finds and leaves alone: a dynamic range, without PXE. dnsmasq unless a test
wants another one; each runs from its unpacked package, with the libraries it was built with."""

import json
import os
import subprocess
import time
from pathlib import Path

from rack.debs import unpacked
from rack.network import LENGTH, PREFIX, SITE, Network

RANGE = (PREFIX + "100", PREFIX + "199")


def from_package(path: str, packages: list, without: list = ()) -> list:
    """The argv of a program of a package, started by its own dynamic loader."""
    folder = unpacked(packages, without=without)
    library = f"{folder}/usr/lib/x86_64-linux-gnu"
    return [f"{library}/ld-linux-x86-64.so.2", "--library-path", library, f"{folder}/{path}"]


def dnsmasq_program() -> list:
    return from_package("usr/sbin/dnsmasq", ["dnsmasq-base"], ["dbus"])


def dhcpd_program() -> list:
    return from_package("usr/sbin/dhcpd", ["isc-dhcp-server"])


def kea_program() -> list:
    return from_package("usr/sbin/kea-dhcp4", ["kea-dhcp4-server"])


def dhclient_program() -> list:
    """ISC's client, which is packaged like the server."""
    return from_package("sbin/dhclient", ["isc-dhcp-client"])


class SiteServer:
    """A DHCP server in namespace `site`; sub-classes say how it is started. Its log is FOLDER/site-dhcp.log."""

    def __init__(self, network: Network, folder: Path):
        self.network, self.folder = network, folder
        self.log = folder / "site-dhcp.log"
        self.process = network.spawn("site", self.arguments(), stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
                                     env={**os.environ, **self.environment()})
        self.wait_listening()

    def arguments(self) -> list:
        raise NotImplementedError

    def environment(self) -> dict:
        return {}

    def wait_listening(self, seconds: float = 20) -> None:
        """Until a socket of its namespace is bound to port 67: UDP, or the packet socket of ISC's and Kea's raw mode."""
        deadline = time.monotonic() + seconds
        while not self.is_listening():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the site's {type(self).__name__} does not listen: {self.log.read_text()[-800:]}")
            time.sleep(0.05)

    def is_listening(self) -> bool:
        sockets = self.network.run("site", "ss", "-Hlnu0").stdout    # UDP and packet sockets
        return ":67 " in sockets or ":lan" in sockets

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class SiteDhcp(SiteServer):
    """dnsmasq: addresses .100 to .199, router and name server itself."""

    more: tuple = ()    # further options

    def arguments(self) -> list:
        self.leases = self.folder / "site.leases"
        self.leases.unlink(missing_ok=True)
        return [
            *dnsmasq_program(), "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--no-resolv", "--no-hosts",
            "--interface=lan", "--bind-interfaces", "--log-dhcp", "--log-facility=-", "--pid-file=",
            f"--dhcp-range={RANGE[0]},{RANGE[1]},1h", f"--dhcp-option=option:router,{SITE}",
            "--dhcp-authoritative", "--no-ping", f"--dhcp-leasefile={self.leases}", *self.more]

    def address_of(self, mac: str) -> str | None:
        """The dynamic address this server has leased to a MAC. For the rack's own look-around, never for landscaper."""
        for line in self.leases.read_text().splitlines() if self.leases.exists() else []:
            words = line.split()
            if words[1].lower() == mac.lower():
                return words[2]
        return None


class SiteDhcpd(SiteServer):
    """ISC dhcpd, which listens on a packet socket."""

    def arguments(self) -> list:
        settings, leases = self.folder / "dhcpd.conf", self.folder / "dhcpd.leases"
        settings.write_text("authoritative;\ndefault-lease-time 3600;\n"
                            f"subnet {PREFIX}0 netmask 255.255.255.0 {{\n  range {RANGE[0]} {RANGE[1]};\n"
                            f"  option routers {SITE};\n  option domain-name-servers {SITE};\n}}\n")
        leases.write_text("")
        return [*dhcpd_program(), "-4", "-f", "-d", "-user", "root", "-group", "root", "-cf", settings, "-lf", leases,
                "-pf", self.folder / "dhcpd.pid", "lan"]


class SiteKea(SiteServer):
    """Kea's DHCPv4 server, which also listens on a packet socket."""

    def arguments(self) -> list:
        settings = self.folder / "kea.json"
        option = [{"name": name, "data": SITE} for name in ("routers", "domain-name-servers")]
        settings.write_text(json.dumps({"Dhcp4": {
            "interfaces-config": {"interfaces": ["lan"]}, "valid-lifetime": 3600,
            "lease-database": {"type": "memfile", "persist": False},
            "subnet4": [{"id": 1, "subnet": f"{PREFIX}0/{LENGTH}", "pools": [{"pool": " - ".join(RANGE)}], "option-data": option}],
            "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]}]}}))
        return [*kea_program(), "-c", settings]

    def environment(self) -> dict:
        return {"KEA_PIDFILE_DIR": str(self.folder), "KEA_LOCKFILE_DIR": str(self.folder), "KEA_LOGGER_DESTINATION": "stdout"}
