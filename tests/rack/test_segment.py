"""Who else serves the segment, as landscaper sees it without any server asking: by a probe as a relay would send it, and
by what the clients say. No QEMU."""

import json
import time
from pathlib import Path

from rack import firmware, network
from rack.appliance import data_folder, program
from rack.boot_events import boot_events
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


def socket_of(folder) -> Path:
    """In the rack's private /run: a socket's name has 107 bytes, and nobody knows how deep the build folder lies."""
    return Path("/run") / f"{folder.name}.sock"


def start_bootd(rack: Rack, namespace: str, folder) -> None:
    """landscaper-bootd without serve, which knows px01 as installed; ready when its socket is there."""
    folder.mkdir()
    known = {"version": 1, "dhcp": "proxy", "interfaces": ["lan"], "local": [network.host_mac(1)]}
    (folder / "local.json").write_text(json.dumps(known))
    rack.network.spawn(namespace, [program("landscaper-bootd"), "--socket", socket_of(folder), "--state", folder, "--data",
                                   data_folder()], stderr=(folder / "log").open("wb"))
    deadline = time.monotonic() + 20
    while not socket_of(folder).exists():
        expect(time.monotonic() < deadline, (folder / "log").read_text())
        time.sleep(0.05)


def troubles(folder) -> list:
    return [e["text"] for e in boot_events(path=str(socket_of(folder))) if e["kind"] == "trouble"]


def wait_for_trouble(folder, words: str) -> None:
    deadline = time.monotonic() + 20
    while not any(words in text for text in troubles(folder)):
        expect(time.monotonic() < deadline, f"no '{words}' in {troubles(folder)}")
        time.sleep(0.1)


def test_of_two_landscapers_one_is_silent_and_both_say_so(folder) -> None:
    """The one that was started later; those started within the same second draw lots."""
    rack = rack_of(folder, firmware.UEFI)
    other = f"{network.PREFIX}80"
    rack.network.add_namespace("other", f"{other}/{network.LENGTH}", "02:00:00:0a:00:80")
    folders = {network.APPLIANCE: folder / "first", other: folder / "second"}
    start_bootd(rack, "appliance", folders[network.APPLIANCE])
    start_bootd(rack, "other", folders[other])
    for place in folders.values():
        wait_for_trouble(place, "another landscaper")
    silent = [at for at, place in folders.items() if any("this one is silent" in text for text in troubles(place))]
    same(len(silent), 1, "landscapers that are silent")
    same(ask_as_px01(rack, "px01", 3), {network.SITE, *folders} - set(silent), "who answers a known server")
