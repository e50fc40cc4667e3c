"""A cable that makes an iPXE ROM look like any maker's: what it says of itself as iPXE (options 77 and 175) is blanked in its
DHCP messages until it has asked for undionly.kpxe. QEMU has no other PXE ROM for a BIOS. Everything else passes unchanged.

As a program, in the switch's namespace: cable.py TAP PORT carries frames between both until it is ended.
"""

import select
import socket
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.network import Network  # noqa: E402
from rack.paths import PYTHON  # noqa: E402

SOL_PACKET, PACKET_VNET_HDR, PACKET_OUTGOING = 263, 15, 4
HEADER = 10                  # struct virtio_net_hdr: keeps checksums that the kernel has not filled in yet
HIDDEN = (77, 175)           # user class, iPXE's own options
SECOND_STAGE = b"undionly.kpxe"


def udp_of(frame: bytes) -> tuple | None:
    """Destination port and offset of the payload, of UDP over IPv4."""
    if len(frame) < 42 or frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    start = 14 + (frame[14] & 15) * 4
    return struct.unpack_from(">H", frame, start + 2)[0], start + 8


def without_ipxe(frame: bytes) -> bytes:
    """The frame with the hidden options overwritten by pads (RFC 2132, 3.1), if it is a DHCP request; UDP checksum: none."""
    found = udp_of(frame)
    if not found or found[0] not in (67, 4011):
        return frame
    changed, place = bytearray(frame), found[1] + 240
    struct.pack_into(">H", changed, found[1] - 2, 0)
    while place + 1 < len(frame) and frame[place] != 255:
        length = 1 if frame[place] == 0 else 2 + frame[place + 1]
        if frame[place] in HIDDEN:
            changed[place:place + length] = bytes(length)
        place += length
    return bytes(changed)


def asks_for_second_stage(frame: bytes) -> bool:
    found = udp_of(frame)
    return bool(found) and found[0] == 69 and SECOND_STAGE in frame


def open_link(interface: str) -> socket.socket:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    link.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    link.bind((interface, 0))
    return link


def carry(rom: socket.socket, port: socket.socket) -> None:
    hides = True
    while True:
        for link in select.select([rom, port], [], [])[0]:
            data, address = link.recvfrom(HEADER + 65600)
            if address[2] == PACKET_OUTGOING:
                continue
            header, frame = data[:HEADER], data[HEADER:]
            if link is rom and hides:
                hides = not asks_for_second_stage(frame)
                frame = without_ipxe(frame)
            try:
                (port if link is rom else rom).send(header + frame)
            except OSError:
                pass    # a frame lost, as on any cable


def lay(network: Network, tap: str) -> subprocess.Popen:
    """Takes a server's tap off the switch and connects it by this cable."""
    for words in (f"link set {tap} nomaster", "link add to-cable type veth peer name cable", "link set to-cable master switch up",
                  "link set cable up"):
        network.run("switch", "ip", *words.split())
    started = network.spawn("switch", [*PYTHON, __file__, tap, "cable"], stdout=subprocess.PIPE)
    started.stdout.readline()
    return started


if __name__ == "__main__":
    links = [open_link(name) for name in sys.argv[1:3]]
    print("connected", flush=True)
    carry(*links)
