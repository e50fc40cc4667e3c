"""The DHCP messages of real clients: the fixtures of the unit tests are what these clients still send, option for option.

LANDSCAPER_WRITE_FIXTURES=1 writes tests/pxe/dhcp/fixtures anew instead of comparing. What changes from run to run (xid, secs,
addresses, the values of a few options) is not compared.
"""

import os
from pathlib import Path

from rack import firmware, network
from rack.capture import Capture
from rack.command import output
from rack.debs import fetch, unpacked
from rack.expect import expect, same
from rack.network import in_namespace
from rack.paths import SOURCE
from rack.site_dhcp import dhclient_program
from rack.test_firmware import rack_of

FIXTURES = SOURCE / "tests/pxe/dhcp/fixtures"
TYPES = {1: "discover", 3: "request"}
WRITES = os.environ.get("LANDSCAPER_WRITE_FIXTURES") == "1"


def options_of(message: bytes) -> list:
    """[(code, value)] of the options behind the magic cookie, in order (RFC 2132)."""
    found, place = [], 240
    while place < len(message) and message[place] != 255:
        if message[place] == 0:
            place += 1
            continue
        found.append((message[place], message[place + 2:place + 2 + message[place + 1]]))
        place += 2 + message[place + 1]
    return found


def shape_of(message: bytes) -> list:
    """What a client's program decides: fixed fields without the changing ones, option codes and lengths in order, and the
    values by which landscaper tells clients apart."""
    kept = {53, 57, 60, 77, 93, 94}
    return [message[:4].hex(), message[10:12].hex(),
            [(code, len(value), value.hex() if code in kept else "") for code, value in options_of(message)]]


def messages(capture: Capture) -> dict:
    """The first message of each kind: {"discover"|"request"|"boot-server": bytes}."""
    found = {}
    for datagram in capture.datagrams:
        port, message = int(datagram["to"].rsplit(":", 1)[1]), bytes.fromhex(datagram["payload"])
        kind = TYPES.get(dict(options_of(message)).get(53, b"\0")[0]) if port in (67, 4011) and message[0] == 1 else None
        if kind:
            found.setdefault("boot-server" if port == 4011 else kind, message)
    return found


def read_fixture(file: Path) -> bytes:
    return bytes.fromhex("".join(line for line in file.read_text().splitlines() if not line.startswith("#")))


def write_fixture(file: Path, origin: str, message: bytes) -> None:
    lines = [message[at:at + 32].hex(" ") for at in range(0, len(message), 32)]
    file.write_text(f"# {origin}\n" + "\n".join(lines) + "\n")


def check_fixtures(name: str, origin: str, capture: Capture, *kinds: str) -> None:
    """Compares what was captured with NAME-KIND.hex, or writes it."""
    seen = messages(capture)
    for kind in kinds:
        expect(kind in seen, f"{name}: no {kind} among {sorted(seen)}")
        file = FIXTURES / f"{name}-{kind}.hex"
        if WRITES:
            FIXTURES.mkdir(exist_ok=True)
            write_fixture(file, f"{origin}: {kind}", seen[kind])
        same(shape_of(seen[kind]), shape_of(read_fixture(file)), f"{file.name}: the client's message and its fixture")
        print(f"    {file.name}: {len(seen[kind])} bytes", flush=True)


def version(package: str) -> str:
    """"NAME VERSION" of a package that is unpacked, never installed."""
    words = fetch([package], deps=False)[0].name.split("_")
    return f"{words[0]} {words[1].replace('%3a', ':')}"


def boot(folder, kind: firmware.Firmware, boot_line: str, wanted, seconds: float = 120) -> tuple:
    """Switches a server on, and off again when `wanted(datagram)` was sent; returns all it sent, and the server."""
    rack = rack_of(folder, kind, boot_line)
    host = rack.hosts["px01"]
    host.boot_order = "network_first"
    rack.start()
    capture = Capture(rack.network, host.tap)
    rack.power_on()
    capture.wait_for(wanted, seconds)
    host.cut_power()
    capture.end()
    return capture, host


def goes_to(port: int, words: bytes = b""):
    return lambda datagram: datagram["to"].endswith(f":{port}") and words in bytes.fromhex(datagram["payload"])


def test_ovmf_over_pxe(folder) -> None:
    capture, _ = boot(folder, firmware.UEFI, "", goes_to(69))
    check_fixtures("ovmf-pxe", f"OVMF ({version('ovmf')}), its own virtio-net driver, PXE over IPv4", capture,
                   "discover", "request", "boot-server")


def test_ovmf_over_http(folder) -> None:
    capture, _ = boot(folder, firmware.UEFI_HTTP, "", goes_to(67, b"\x35\x01\x03"))
    check_fixtures("ovmf-http", f"OVMF ({version('ovmf')}), its own virtio-net driver, HTTP Boot over IPv4", capture,
                   "discover", "request")


def test_seabios_with_ipxe(folder) -> None:
    capture, host = boot(folder, firmware.BIOS, "", goes_to(67, b"\x35\x01\x03"))
    bios, rom = (host.serial.find(words)[1] for words in (r"SeaBIOS \(", r"^iPXE \d"))
    check_fixtures("seabios-ipxe", f"{bios[bios.index('SeaBIOS'):]}, ROM of virtio-net: {rom.split(' --')[0]}", capture,
                   "discover", "request")


def test_snponly(folder) -> None:
    def asks_as_ipxe(datagram) -> bool:
        return goes_to(67, b"iPXE")(datagram) and goes_to(67, b"\x35\x01\x03")(datagram)

    capture, _ = boot(folder, firmware.UEFI, "nbp: ipxe", asks_as_ipxe)
    capture.datagrams = [d for d in capture.datagrams if b"iPXE" in bytes.fromhex(d["payload"])]
    check_fixtures("snponly", f"snponly.efi ({version('ipxe')}) started by OVMF ({version('ovmf')})", capture,
                   "discover", "request")


def client_of_a_namespace(folder, argv: list) -> Capture:
    """A DHCP client of an operating system, until it has its address from the site."""
    rack = rack_of(folder, firmware.UEFI)
    rack.network.add_namespace("client", f"{network.PREFIX}90/{network.LENGTH}", "52:54:00:0a:00:90")
    capture = Capture(rack.network, "to-client")
    output(*in_namespace("client", argv), timeout=60)
    capture.wait_for(goes_to(67, b"\x35\x01\x03"), 30)
    capture.end()
    return capture


def test_udhcpc(folder) -> None:
    busybox = unpacked(["busybox-static"], deps=False) / "bin/busybox"
    capture = client_of_a_namespace(folder, [busybox, "udhcpc", "-i", "lan", "-n", "-q", "-f", "-s", "/bin/true"])
    check_fixtures("udhcpc", f"udhcpc of {version('busybox-static')}", capture, "discover", "request")


def test_dhclient(folder) -> None:
    (folder / "dhclient.conf").write_text("")
    capture = client_of_a_namespace(folder, [*dhclient_program(), "-4", "-1", "-sf", "/bin/true", "-cf", folder / "dhclient.conf", "-lf",
                                             folder / "dhclient.leases", "-pf", folder / "dhclient.pid", "lan"])
    check_fixtures("dhclient", f"dhclient ({version('isc-dhcp-client')})", capture, "discover", "request")
