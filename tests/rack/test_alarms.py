"""What may be an attack on the boot path is told, and the ways of one machine are not: no QEMU, curl in namespaces."""

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path

from rack import network
from rack.appliance import STATE
from rack.expect import expect, same
from rack.rack import Rack

SITE_URL = f"http://{network.APPLIANCE}:8069"


def token_of(rack: Rack) -> str:
    """Of the payload in force, as only landscaper's own ledger says it."""
    deadline = time.monotonic() + 60
    while True:
        for name in ("ledger.sqlite", "ledger.sqlite-wal"):    # serve keeps its own locked
            shutil.copy(Path(STATE) / name, rack.folder)
        with contextlib.closing(sqlite3.connect(rack.folder / "ledger.sqlite")) as ledger:
            rows = ledger.execute("SELECT token FROM payloads WHERE withdrawn = 0").fetchall()
        if rows:
            return rows[-1][0]
        expect(time.monotonic() < deadline, "no payload was made")
        time.sleep(0.1)


def alarms(rack: Rack) -> list:
    return rack.appliance.json("hosts")["alarms"]


def wait_alarm(rack: Rack, what: str, seconds: float = 60) -> dict:
    deadline = time.monotonic() + seconds
    while True:
        found = [a for a in alarms(rack) if a["what"] == what]
        if found:
            print(f"    {found[-1]['text']}", flush=True)
            same(found[-1]["host"], "px01", "the alarm's host")
            return found[-1]
        expect(time.monotonic() < deadline, f"no alarm {what}: {alarms(rack)}")
        time.sleep(0.1)


def fetch(rack: Rack, machine: str, url: str, *options: str, works: bool = True) -> None:
    done = rack.network.run(machine, "curl", "-sS", "--fail", "--noproxy", "*", "-m", "60", "-o", "/dev/null", *options, url, check=False)
    same(done.returncode == 0, works, f"{machine}: curl {options} {url}: {done.stderr.strip()}")


def wait_offered(rack: Rack, url: str) -> None:
    """The table is at bootd: the payload is there, by a look that fetches nothing."""
    deadline = time.monotonic() + 60
    while rack.network.run("server", "curl", "-sS", "--fail", "-I", "-m", "10", url, check=False).returncode != 0:
        expect(time.monotonic() < deadline, f"{url} is not served")
        time.sleep(0.1)


def test_two_machines_two_addresses_and_a_fetch_after_rotation_are_told(folder) -> None:
    rack = Rack(folder)
    rack.start()
    rack.network.add_namespace("server", rack.inventory["px01"]["ip"], network.host_mac(1))
    rack.network.add_namespace("other", f"{network.PREFIX}91/{network.LENGTH}", "52:54:00:ff:00:09")
    token = token_of(rack)
    payload = f"{SITE_URL}/b/{token}/host.cpio"
    wait_offered(rack, payload)
    over_tftp = f"tftp://{network.APPLIANCE}/b/{token}/host.cpio"

    # One machine: it looks at the size, fetches, breaks off, goes on, fetches again by another way, is switched off and on.
    for options in (["-I"], [], ["-r", "0-99"], ["-r", "100-"], []):
        fetch(rack, "server", payload, *options)
    fetch(rack, "server", over_tftp)
    fetch(rack, "server", over_tftp, "--tftp-blksize", "1024")
    rack.network.set_link("to-server", "down")
    rack.network.set_link("to-server", "up")
    fetch(rack, "server", payload)
    fetch(rack, "other", payload, "-I")
    same(alarms(rack), [], "alarms after what one machine does, and after another's look at the size")

    fetch(rack, "other", payload, "-r", "100-")
    found = wait_alarm(rack, "two_machines")
    expect("52:54:00:ff:00:09" in found["text"], "the other machine is not named")
    done = rack.appliance.command("hosts")
    expect("ALARM: px01:" in done.stderr, f"landscaper hosts does not tell: {done.stderr}")

    # The same MAC at two addresses that both answer.
    second = f"{network.PREFIX}92"
    rack.network.run("server", "ip", "address", "add", f"{second}/{network.LENGTH}", "dev", "lan")
    fetch(rack, "server", payload)
    fetch(rack, "server", payload, "--interface", second)
    found = wait_alarm(rack, "two_addresses")
    expect(second in found["text"] and network.host_address(1) in found["text"], "the two addresses are not named")

    # Another payload in its place, as rotation and rescue make it, also after both programs began anew.
    same(rack.appliance.command("rescue", "px01").returncode, 0, "rescue px01")
    fetch(rack, "other", payload, works=False)
    wait_alarm(rack, "withdrawn")
    same(rack.appliance.stop(), 0, "serve's end")
    rack.start()
    same(alarms(rack), [], "alarms of the serve before")
    fetch(rack, "other", over_tftp, works=False)
    found = wait_alarm(rack, "withdrawn")
    expect(f"{network.PREFIX}91" in found["text"], "who asked is not named")
