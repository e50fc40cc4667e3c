"""UDP payloads as they pass the rack's switch, read from a packet socket: what clients really send, for fixtures and for doubts.

As a program, in a namespace: prints one JSON line per datagram until it is ended. Reads only; never sends.
"""

import json
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.network import Network  # noqa: E402
from rack.paths import PYTHON  # noqa: E402

ETH_P_IP = 0x0800
ALL = 0x0003            # also what this machine sends
PACKET_OUTGOING = 4     # of the receiving address: the bridge's own copies on their way out


def datagram(frame: bytes) -> dict | None:
    """Source, destination and payload of a UDP datagram over IPv4 that is not a fragment (RFC 791, 768)."""
    if len(frame) < 34 or struct.unpack_from(">H", frame, 12)[0] != ETH_P_IP or frame[23] != 17:
        return None
    start = 14 + (frame[14] & 15) * 4
    if len(frame) < start + 8 or struct.unpack_from(">H", frame, 20)[0] & 0x3FFF:
        return None
    source, destination, length = struct.unpack_from(">HHH", frame, start)
    return {"from": f"{socket.inet_ntoa(frame[26:30])}:{source}", "to": f"{socket.inet_ntoa(frame[30:34])}:{destination}",
            "mac": frame[6:12].hex(":"), "payload": frame[start + 8:start + length].hex()}


def print_datagrams(interface: str) -> None:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    link.bind((interface, 0))
    print(json.dumps({"listening": interface}), flush=True)
    while True:
        frame, address = link.recvfrom(65535)
        found = datagram(frame) if address[2] != PACKET_OUTGOING else None
        if found:
            print(json.dumps(found), flush=True)


class Capture:
    """Datagrams that come out of one port of the switch (a server's tap), in `datagrams`, from now until it is ended."""

    def __init__(self, network: Network, interface: str):
        self.datagrams: list = []
        self._news = threading.Condition()
        self.process = network.spawn("switch", [*PYTHON, __file__, interface], stdout=subprocess.PIPE)
        self.process.stdout.readline()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.datagrams.append(json.loads(line))
                self._news.notify_all()

    def wait_for(self, holds, seconds: float):
        """The first datagram for which `holds(datagram)`."""
        with self._news:
            if not self._news.wait_for(lambda: any(map(holds, self.datagrams)), seconds):
                raise TimeoutError(f"no such datagram within {seconds:.0f} s, of {len(self.datagrams)}")
            return next(filter(holds, self.datagrams))

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)


if __name__ == "__main__":
    print_datagrams(sys.argv[1])
