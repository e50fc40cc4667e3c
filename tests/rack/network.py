"""The rack's wires: one switch, the site's namespace, the appliance's, and a tap per server.

Everything lies in the rack's own network namespace or below it (`ip netns` in the rack's private /run), so names need
no numbers and nothing is left when the rack ends. No route leads out of it.
"""

import subprocess

from rack.command import run

PREFIX = "10.10.0."
LENGTH = 24
SITE = PREFIX + "1"
APPLIANCE = PREFIX + "2"


def host_address(number: int) -> str:
    """The inventory address of server 1, 2, ..., without its prefix length; outside the site's dynamic range."""
    return f"{PREFIX}{10 + number}"


def host_mac(number: int) -> str:
    return f"52:54:00:0a:00:{number:02x}"


def in_namespace(namespace: str, argv: list) -> list:
    """The words that run argv in a namespace of this rack."""
    return ["ip", "netns", "exec", namespace, *map(str, argv)]


class Network:
    """Makes the namespaces `switch`, `site` and `appliance`. Attributes are the names of namespaces."""

    def __init__(self):
        for name in ("switch", "site", "appliance"):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", "switch", "link", "add", "switch", "type", "bridge", "stp_state", "0", "forward_delay", "0",
            "mcast_snooping", "0")
        run("ip", "-n", "switch", "link", "set", "switch", "up")
        self.plug("site", f"{SITE}/{LENGTH}", "02:00:00:0a:00:01")
        self.plug("appliance", f"{APPLIANCE}/{LENGTH}", "02:00:00:0a:00:02")
        run("ip", "-n", "appliance", "route", "add", "default", "via", SITE)

    def plug(self, namespace: str, address: str, mac: str) -> None:
        """A cable from the switch to interface `lan` of a namespace."""
        port = f"to-{namespace}"[:15]
        run("ip", "-n", "switch", "link", "add", port, "type", "veth", "peer", "name", "lan", "netns", namespace)
        run("ip", "-n", "switch", "link", "set", port, "master", "switch", "up")
        run("ip", "-n", namespace, "link", "set", "lan", "address", mac, "up")
        run("ip", "-n", namespace, "address", "add", address, "dev", "lan")

    def add_namespace(self, name: str, address: str, mac: str) -> None:
        """One more machine that is only a namespace: another DHCP server, an onlooker, a scripted host."""
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        self.plug(name, address, mac)

    def add_tap(self, name: str) -> str:
        """A tap in the switch's namespace for a server's NIC; returns its name."""
        run("ip", "-n", "switch", "tuntap", "add", name, "mode", "tap")
        run("ip", "-n", "switch", "link", "set", name, "master", "switch", "up")
        return name

    def set_link(self, name: str, state: str) -> None:
        """Pulls (`down`) or plugs (`up`) a cable of the switch: a tap's name, `to-site`, `to-appliance`."""
        run("ip", "-n", "switch", "link", "set", name, state)

    def spawn(self, namespace: str, argv: list, **options) -> subprocess.Popen:
        """Starts a program in a namespace and leaves it running."""
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(in_namespace(namespace, argv), **options)

    def run(self, namespace: str, *argv, **options) -> subprocess.CompletedProcess:
        return run(*in_namespace(namespace, argv), **options)
