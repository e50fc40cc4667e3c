"""Process 1 of a rack that tests/rack-up shows: does what its standard input says, one JSON line per request.

Requests: {"do":"start"|"power_on"|"summary"|"keep"}; answers on standard output: {"ok":true,...} or {"error":".."}.
When the input ends the rack ends, unless it was told to keep; then it stays until tests/rack/end.
"""

import json
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack import firmware  # noqa: E402
from rack.paths import rack_folder  # noqa: E402
from rack.rack import Rack  # noqa: E402


class Supervisor:
    """One method per request, each returning the answer's fields."""

    def __init__(self, name: str, servers: int, kind: str, disk: str):
        self.rack = Rack(rack_folder(name), servers, firmware=firmware.BIOS if kind == "bios" else firmware.UEFI, disk=(disk,))
        self.kept = False

    def start(self) -> dict:
        self.rack.start()
        return {"watch": [str(word) for word in self.rack.appliance.command_line("watch", "--until", "ok")]}

    def power_on(self) -> dict:
        return {"at": self.rack.power_on()}

    def summary(self) -> dict:
        return self.rack.summary()

    def keep(self) -> dict:
        self.kept = True
        return {}


def answer(fields: dict) -> None:
    print(json.dumps(fields), flush=True)


def serve_requests(name: str, servers: int, kind: str, disk: str) -> None:
    supervisor = None
    for line in sys.stdin:
        try:
            supervisor = supervisor or Supervisor(name, servers, kind, disk)
            answer({"ok": True, **getattr(supervisor, json.loads(line)["do"])()})
        except Exception as problem:
            traceback.print_exc()
            answer({"error": f"{problem}"})
    while supervisor and supervisor.kept:
        signal.pause()


if __name__ == "__main__":
    serve_requests(sys.argv[1], int(sys.argv[2]), *sys.argv[3:5])
