"""What a server writes on its serial line, each line with the host's clock: a guest's own clock jumps under TCG."""

import re
import threading
import time
from pathlib import Path

CONTROL = re.compile(rb"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|[\x00-\x08\x0b-\x1f\x7f]")


class SerialLog:
    """Reads a stream in a thread of its own into `lines` [(monotonic seconds, text)] and a file; never writes to it."""

    def __init__(self, stream, file: Path):
        self.lines: list = []
        self.partial = b""
        self._news = threading.Condition()
        self._file = file.open("a", buffering=1, errors="replace")
        self._ended = False
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream) -> None:
        while chunk := stream.read1(4096):
            now = time.monotonic()
            *whole, self.partial = (self.partial + chunk).split(b"\n")
            with self._news:
                for line in whole:
                    text = CONTROL.sub(b"", line).decode(errors="replace").rstrip()
                    self.lines.append((now, text))
                    self._file.write(f"{time.time():.3f} {text}\n")
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def position(self) -> int:
        """Where the log is now: what is written from here on can be waited for."""
        return len(self.lines)

    def find(self, pattern: str, start: int = 0) -> tuple | None:
        """The first line from `start` on that matches, with its time."""
        return next((entry for entry in self.lines[start:] if re.search(pattern, entry[1])), None)

    def wait_for(self, pattern: str, seconds: float, start: int = 0) -> float:
        """Waits for a line that matches and returns its time. Raises TimeoutError with the last lines."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                found = self.find(pattern, start)
                if found:
                    return found[0]
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    why = "the machine is off" if self._ended else f"not within {seconds:.0f} s"
                    tail = "\n".join(text for _, text in self.lines[-15:])
                    raise TimeoutError(f"serial line: no /{pattern}/: {why}; it ends:\n{tail}")
                self._news.wait(left)
