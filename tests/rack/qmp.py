"""QEMU's control socket: one command at a time, events dropped."""

import json
import socket


class Qmp:
    """Connects to a QMP socket, negotiates, and runs commands; a refused one raises RuntimeError."""

    def __init__(self, path: str):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        self._socket.connect(path)
        self._file = self._socket.makefile("rw")
        self._file.readline()
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments):
        self._file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._file.flush()
        while line := self._file.readline():
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"QMP {name}: {answer['error']['desc']}")
        raise ConnectionError(f"QMP {name}: QEMU closed the connection")

    def close(self) -> None:
        self._socket.close()
