"""A place of their own for a benchmark and its servers: network and process namespaces that end with it."""

import os
import subprocess
import sys

MARK = "LANDSCAPER_BENCH_APART"


def is_inside() -> bool:
    return os.environ.get(MARK) == "yes"


def enter() -> None:
    """Starts this program again in namespaces of its own with only a loopback, unless it is there already.

    Whatever it started ends with it, and port 69 is free whatever the machine runs. Needs root or user namespaces.
    """
    if is_inside():
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    words = ["unshare", *as_user, "--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--", sys.executable, "-B"]
    os.execvpe(words[0], [*words, *sys.argv], {**os.environ, MARK: "yes"})
