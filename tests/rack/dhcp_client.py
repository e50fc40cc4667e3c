"""A PXE client's DISCOVER from a namespace, and who answers it: no firmware needed to see who keeps silent."""

import socket
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.command import output  # noqa: E402
from rack.network import Network, in_namespace  # noqa: E402
from rack.paths import PYTHON  # noqa: E402


def packet(mac: str, xid: int) -> bytes:
    """DHCPDISCOVER of UEFI x64 PXE (RFC 2131; options 53, 55, 60, 93, 94, 97), broadcast flag set."""
    address = bytes.fromhex(mac.replace(":", ""))
    head = struct.pack(">BBBBIHH16s16s192xI", 1, 1, 6, 0, xid, 0, 0x8000, bytes(16), address + bytes(10), 0x63825363)
    uuid = bytes([0]) + address + bytes(10)
    options = [(53, b"\x01"), (55, bytes([1, 3, 43, 54, 60, 66, 67])), (60, b"PXEClient:Arch:00007:UNDI:003000"),
               (93, b"\x00\x07"), (94, b"\x01\x03\x00"), (97, uuid)]
    return head + b"".join(bytes([code, len(value)]) + value for code, value in options) + b"\xff"


def server_of(answer: bytes) -> str | None:
    """Option 54 of a reply."""
    place = 240
    while place + 1 < len(answer) and answer[place] != 255:
        if answer[place] == 54:
            return socket.inet_ntoa(answer[place + 2:place + 6])
        place += 1 if answer[place] == 0 else 2 + answer[place + 1]
    return None


def ask(mac: str, seconds: float) -> None:
    """Inside the namespace: prints the address of each server that answers."""
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lan\0")
    link.bind(("", 68))
    xid = int(time.time() * 1000) & 0xFFFFFFFF
    deadline, again = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < deadline:
        if now >= again:
            link.sendto(packet(mac, xid), ("255.255.255.255", 67))
            again = now + 2
        link.settimeout(max(0.05, min(again, deadline) - now))
        try:
            answer = link.recv(2048)
        except TimeoutError:
            continue
        if answer[4:8] == xid.to_bytes(4, "big") and server_of(answer):
            print(server_of(answer), flush=True)


def discover(network: Network, namespace: str, mac: str, seconds: float = 6) -> set:
    """The servers (their option 54) that answer a DISCOVER of this MAC sent from a namespace."""
    words = in_namespace(namespace, [*PYTHON, __file__, mac, seconds])
    return set(output(*words, timeout=seconds + 20).split())


if __name__ == "__main__":
    ask(sys.argv[1], float(sys.argv[2]))
