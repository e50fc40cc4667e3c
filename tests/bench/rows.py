"""The loads, what is measured of each, and what must be reached: one row of the printed table each."""

from dataclasses import dataclass
from typing import Callable

MIB = 1 << 20
GIB = 1 << 30


def cpu(seen: dict) -> float:
    """CPU seconds of the server per GiB of content delivered."""
    return seen["cpu"] / (seen["bytes"] / GIB) if seen["bytes"] else float("inf")


def throughput(seen: dict) -> float:
    """MiB of content per second, of complete transfers."""
    return seen["bytes"] / MIB / seen["seconds"]


def p50(seen: dict) -> float:
    return seen["p50"]


def p99(seen: dict) -> float:
    return seen["p99"]


@dataclass
class Row:
    name: str
    text: str
    size: int              # bytes of the file
    load: dict             # words for the client simulator
    measure: Callable      # of one run
    unit: str
    theirs: str
    limit: float
    at_least: bool = False     # the limit is a floor
    absolute: bool = False     # the limit is of the measured value, not of the ratio to theirs
    silence: float = 0         # seconds that no running transfer of ours may be without a new block
    memory: int = 0            # bytes that ours may take above idle
    one_processor: bool = False  # server and clients share one: what waking another one costs is left out

    def transfers(self) -> int:
        return self.load["clients"] * self.load.get("each", 1)

    def demand(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{sign} {self.limit:g} {self.unit if self.absolute else 'x ' + self.theirs}"

    def reaches(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def complaints(self, seen: dict) -> list:
        """What must not be in any round of ours."""
        out = []
        if seen["complete"] != self.transfers():
            out.append(f"{seen['complete']} of {self.transfers()} complete, {seen['wrong']} with wrong bytes")
        if self.silence and seen["longest_silence"] > self.silence:
            out.append(f"stalled for {seen['longest_silence']:.2f} s")
        if self.memory and seen["peak"] - seen["idle"] > self.memory:
            out.append(f"more than {self.memory / MIB:g} MiB above idle")
        return out


ROWS = [
    Row("cpu", "100 x 1 MiB, 1428 x 16: CPU/GiB", MIB, {"clients": 100, "windowsize": 16}, cpu, "s/GiB", "dnsmasq", 0.20),
    Row("cpu-one", "the same on one processor", MIB, {"clients": 100, "windowsize": 16}, cpu, "s/GiB", "dnsmasq", 0.20,
        one_processor=True),
    Row("throughput", "1000 x 1 MiB, 1428 x 16: throughput", MIB, {"clients": 1000, "windowsize": 16, "limit": 45},
        throughput, "MiB/s", "dnsmasq", 5, at_least=True),
    Row("lockstep", "1 x 30 MiB three times, 1428 x 1: CPU/GiB", 30 * MIB, {"clients": 1, "each": 3}, cpu, "s/GiB", "dnsmasq", 0.95),
    Row("storm", "5000 x 64 KiB at once, 1428 x 1: p99", 64 << 10,
        {"clients": 5000, "timer": 1000, "doubling": True, "limit": 45}, p99, "s", "dnsmasq", 0.1, memory=20 * MIB),
    Row("loss", "200 x 64 KiB, 5 % loss, 1428 x 1: p50", 64 << 10, {"clients": 200, "loss": 50}, p50, "s", "dnsmasq", 0.06),
    Row("window-loss", "20 x 1 MiB, 1 % loss, 1428 x 16: p99", MIB, {"clients": 20, "windowsize": 16, "loss": 10}, p99, "s",
        "atftpd", 0.3, absolute=True),
    Row("buffer", "1 x 30 MiB, 8192 x 16, default buffer, client away at times: throughput", 30 * MIB,
        {"clients": 1, "blksize": 8192, "windowsize": 16, "away_every": 50}, throughput, "MiB/s", "atftpd", 20, at_least=True,
        silence=0.25),
    Row("flood", "1 x 30 MiB ten times, 1428 x 64: CPU/GiB", 30 * MIB, {"clients": 1, "each": 10, "windowsize": 64}, cpu,
        "s/GiB", "a flood", 0.45),
]
