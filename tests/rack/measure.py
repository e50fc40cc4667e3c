"""What a process has used so far, from /proc."""

import os
from pathlib import Path


def process_usage(pid: int) -> dict:
    """Peak resident memory in MB and CPU seconds of a process, its ended children included."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return {"peak_mb": peak // 1024, "cpu_seconds": sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")}
