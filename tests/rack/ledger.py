"""landscaper's ledger from outside: its lines, what it holds, and a host that is installed as far as it says.

Read and written with SQLite while no `serve` runs: a running one keeps it locked.
"""

import contextlib
import sqlite3
import time

from rack.appliance import STATE
from rack.expect import same
from rack.rack import Rack

# Every line of a server's way in the ledger, resource by resource; `answer` has no intent, since only the server begins it.
STEPS = {"installation_host_key": "payload", "installation_pxe_nbp": "entry",
         "installation": "answer clock facts evidence marker format copy profile files loader boot_order unmount finish reboot installed",
         "ssh_host_public_key": "generate commit verify refuse withdraw",
         "nixos": "copy compare activate restart default generation"}


def lines() -> list:
    """RESOURCE.STEP.MOMENT of every line, in order."""
    return [f"{resource}.{step}.{moment}" for resource, steps in STEPS.items() for step in steps.split()
            for moment in ("intent", "effect", "proof") if (step, moment) != ("answer", "intent")]


def rows(question: str, *values) -> list:
    with contextlib.closing(sqlite3.connect(f"{STATE}/ledger.sqlite")) as ledger:
        return ledger.execute(question, values).fetchall()


def check_true(rack: Rack, name: str) -> None:
    """After the end of `serve`. An `ok` host: one pin, of the key that the console shows; every step proven, of one attempt; no payload in force."""
    temporary, pending, permanent, attempt, host = rows("select temporary, pending, permanent, attempt, id from hosts where name = ?",
                                                        name)[0]
    same((temporary, pending, attempt), ("", "", 1), f"{name}: temporary and pending pin, attempt")
    same(permanent.split()[0], "ssh-ed25519", f"{name}: permanent pin")
    proven = {f"{resource}.{step}" for resource, step in
              rows("select resource, name from steps where host = ? and attempt = 1 and proof > 0", host)}
    wanted = {f"{resource}.{step}" for resource, steps in STEPS.items() for step in steps.split()}
    same(wanted - proven, set(), f"{name}: steps without a proof")
    same(rows("select count(*) from payloads where host = ? and withdrawn = 0", host), [(0,)], f"{name}: payloads in force")
    same(rows("select finished from markers where host = ?", host), [(1,)], f"{name}: markers")
    same(rows("select toplevel from generations where host = ?", host), [(rack.systems["toplevel"],)], f"{name}: generations")


def make_installed(rack: Rack, name: str, public_key: str) -> None:
    """The ledger of a stopped `serve` says of a host it knows that it is installed, and answers under this key."""
    now = int(time.time() * 1000)
    with contextlib.closing(sqlite3.connect(f"{STATE}/ledger.sqlite")) as ledger, ledger:
        host, nonce = ledger.execute("select id, nonce from hosts where name = ?", (name,)).fetchone()
        ledger.execute("update hosts set attempt = 1, temporary = '', pending = '', permanent = ?, address = ? where id = ?",
                       (public_key, rack.inventory[name]["ip"].split("/")[0], host))
        ledger.execute("update payloads set withdrawn = ? where host = ?", (now, host))
        ledger.execute("delete from steps where host = ?", (host,))
        steps = [(resource, step) for resource, words in STEPS.items() for step in words.split()]
        ledger.executemany("insert into steps(host, attempt, resource, name, position, intent, proof, proof_text) "
                           "values(?, 1, ?, ?, ?, ?, ?, '{}')",
                           [(host, resource, step, at, now, now) for at, (resource, step) in enumerate(steps)])
        ledger.execute("insert or replace into markers values(?, ?, 1, ?, ?)", (host, f"serial:disk-{name}", nonce, now))
        ledger.execute("insert or replace into generations values(?, 2, ?, ?)", (host, rack.systems["toplevel"], now))
