"""Who else serves the segment, as landscaper sees it without any server asking: by a probe as a relay would send it, and
by what the clients say. No QEMU."""

import time

from rack import firmware, network
from rack.dhcp_client import discover
from rack.expect import expect, same
from rack.rack import Rack
from rack.site_dhcp import SiteDhcp, SiteDhcpd, SiteKea, dnsmasq_program
from rack.test_firmware import rack_of


def wait_until(rack: Rack, holds, what: str, seconds: float = 20) -> dict:
    """landscaper's snapshot, once it is as wanted."""
    deadline = time.monotonic() + seconds
    while not holds(snapshot := rack.appliance.json("hosts")):
        expect(time.monotonic() < deadline, f"{what}: {snapshot['dhcp_servers']} {snapshot['log']}")
        time.sleep(0.1)
    return snapshot


def says(words: str):
    return lambda snapshot: any(words in line["text"] for line in snapshot["log"])


def check_probe_finds(folder, site) -> None:
    rack = rack_of(folder, firmware.UEFI, site=site)
    rack.start()
    wait_until(rack, lambda s: s["dhcp_servers"] == [network.SITE], f"{site.__name__} answers the probe")


def test_the_probe_finds_dnsmasq(folder) -> None:
    check_probe_finds(folder, SiteDhcp)


def test_the_probe_finds_isc_dhcpd(folder) -> None:
    check_probe_finds(folder, SiteDhcpd)


def test_the_probe_finds_kea(folder) -> None:
    check_probe_finds(folder, SiteKea)


def ask_as_px01(rack: Rack, name: str, seconds: float) -> set:
    rack.network.add_namespace(name, f"{network.PREFIX}91/{network.LENGTH}", network.host_mac(1))
    return discover(rack.network, name, network.host_mac(1), seconds)


def test_no_dhcp_server_at_all_is_said(folder) -> None:
    rack = rack_of(folder, firmware.UEFI, site=None)
    rack.start()
    same(ask_as_px01(rack, "px01", 7), {network.APPLIANCE}, "who answers three DISCOVERs")
    snapshot = wait_until(rack, says("no DHCP server was heard on lan"), "nothing is said of the missing DHCP server")
    print("    " + next(line["text"] for line in snapshot["log"] if "no DHCP server" in line["text"]), flush=True)


def test_a_dhcp_server_is_not_said_to_be_missing(folder) -> None:
    rack = rack_of(folder, firmware.UEFI)
    rack.start()
    same(ask_as_px01(rack, "px01", 7), {network.APPLIANCE, network.SITE}, "who answers three DISCOVERs")
    snapshot = wait_until(rack, says("3 in a row without REQUEST"), "the third DISCOVER is not told")
    expect(not says("no DHCP server")(snapshot), f"the site's server was overlooked: {snapshot['log']}")


def test_another_proxy_is_said(folder) -> None:
    """A second ProxyDHCP server: dnsmasq, which answers relays in this mode too."""
    rack = rack_of(folder, firmware.UEFI)
    other = f"{network.PREFIX}80"
    rack.network.add_namespace("other", f"{other}/{network.LENGTH}", "02:00:00:0a:00:80")
    rack.network.spawn("other", [
        *dnsmasq_program(), "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0", "--interface=lan",
        "--bind-interfaces", "--pid-file=", f"--dhcp-range={network.PREFIX}0,proxy", "--pxe-service=x86-64_EFI,other,other.efi",
        "--log-facility=-", "--log-dhcp", "--dhcp-leasefile=/dev/null"], stderr=(folder / "other.log").open("wb"))
    rack.start()
    wait_until(rack, says(f"another ProxyDHCP server, {other}"), "the other proxy")
