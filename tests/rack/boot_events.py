"""What landscaper-bootd saw, read from its socket as `serve` would, without a word about hosts: it goes on by what it knows."""

import json
import socket

SOCKET = "/run/landscaper/bootd.sock"


def boot_events(wanted: int = 0, path: str = SOCKET) -> list:
    """All events so far, oldest first; waits (20 s at most) until there are `wanted`."""
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(20)
    link.connect(path)
    link.sendall(json.dumps({"hello": {"proto": 1, "build": "rack", "epoch": 0, "seq": 0}}).encode() + b"\n")
    lines = link.makefile()
    newest = json.loads(lines.readline())["hello"]["seq"]
    events: list = []
    while len(events) < max(newest, wanted):
        event = json.loads(lines.readline()).get("event")
        if event and event.get("seq"):
            events.append(event)
    link.close()
    return events
