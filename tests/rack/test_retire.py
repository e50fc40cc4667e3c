"""Hosts that are given up: retired while installed, unreachable or half installed, and armed where nobody answers. No QEMU."""

import json
import subprocess

from rack import ledger
from rack.expect import expect, same
from rack.light_installer import KEYS, LightInstaller, LightServer
from rack.pinned_ssh import make_key
from rack.rack import Rack
from rack.test_steps import SMALL


def said(rack: Rack, status: int, *words: str) -> str:
    """What a command prints, which must end with this exit status."""
    done = rack.appliance.command(*words, timeout=60)
    text = (done.stdout + done.stderr).strip()
    same(done.returncode, status, f"landscaper {' '.join(words)}: {text}")
    print("    " + text.splitlines()[-1], flush=True)
    return text


def known_hosts(rack: Rack, installed: list) -> Rack:
    """A running landscaper whose ledger says of the servers in `installed` that they are."""
    rack.start()
    for name in rack.hosts:
        rack.appliance.wait_for(name, lambda row: row["condition"] == "person", 120)   # its payload is made
    same(rack.appliance.stop(), 0, "serve's end")
    for name in installed:
        ledger.make_installed(rack, name, make_key(rack.folder / f"{name}.key"))
    rack.start()
    for name in installed:
        rack.appliance.wait_ok(name, 120)
    return rack


def names(rack: Rack) -> list:
    return [row["name"] for row in rack.appliance.json("hosts")["hosts"]]


def test_hosts_are_retired_installed_unreachable_and_half_installed(folder) -> None:
    rack = known_hosts(Rack(folder, servers=3), ["px01", "px02"])
    before = {row["name"]: row for row in rack.appliance.json("hosts")["hosts"]}
    installed = LightServer(rack, "px01", (folder / "px01.key").read_text())
    installer = LightInstaller(rack, "px03")
    answer = folder / "answer"
    installer.program("landscaper-facts", f"until [ -e {answer} ]; do sleep 0.2; done; cat {answer}")
    rack.appliance.wait_for("px03", lambda row: row["phase"] == "installer" and "read what the machine is" in row["sentence"], 120)
    key = KEYS / before["px03"]["host_id"]
    expect(key.exists(), "px03 has no temporary key")
    for name in before:
        expect("still in the inventory; take its line out first" in said(rack, 1, "retire", name), f"{name} was retired")

    lines, rack.inventory = rack.inventory, {"px09": {"mac": "52:54:00:0a:00:99", "ip": "10.10.0.99/24"}}
    rack.write_inventory()
    rack.appliance.wait_said(lambda: all(rack.appliance.host(name)["phase"] == "unmanaged" for name in before), "unmanaged hosts")
    expect("its line in inventory.yaml is gone" in rack.appliance.host("px02")["sentence"], "an unmanaged host says what else is to be done")
    same(rack.appliance.host("px02")["permanent_key"], before["px02"]["permanent_key"], "pin of an unmanaged host")
    answer.write_text(json.dumps(SMALL))
    row = rack.appliance.wait_for("px03", lambda row: "its line in inventory.yaml is gone" in row["sentence"], 60)
    begun = [step["step"] for step in row["steps"] if step["resource"] == "installation"]
    expect("facts" in begun and "evidence" not in begun, f"steps of a host whose line is gone: {begun}")
    logins = installed.logins()
    for name in before:
        expect("is forgotten" in said(rack, 0, "retire", name), f"{name} was not retired")
    rack.appliance.wait_said(lambda: names(rack) == ["px09"], "the retirement")
    same(installed.logins(), logins, "logins at the retired host")
    expect(not installed.noted.exists(), "something was done at the retired host")
    expect(not key.exists(), "the temporary key of px03 is left")
    chains = [f"hosts.{name}." for name in before]
    rack.appliance.wait_said(lambda: not any(chain in said(rack, 0, "state", "list") for chain in chains), "the chains' end")
    same(rack.appliance.stop(), 0, "serve's end")
    for table in ("hosts", "macs", "payloads", "steps", "markers", "generations"):
        column = "id" if table == "hosts" else "host"
        left = [row for row in rack_rows(table, column) if row in [before[name]["host_id"] for name in before]]
        same(left, [], f"rows of retired hosts in {table}")

    # Whoever is listed again is a stranger: another identity, the first attempt, no pin.
    rack.inventory = lines
    rack.write_inventory()
    rack.start()
    rack.appliance.wait_said(lambda: set(before) <= set(names(rack)), "the hosts that are listed again", 60)
    for name in before:
        row = rack.appliance.host(name)
        expect(row["host_id"] != before[name]["host_id"], f"{name}: the identity is that of the retired host")
        same((row["attempt"], row["phase"], row["permanent_key"]), (1, "waiting", ""), f"{name}: attempt, phase and pin")
        # The engine begins anew, and what still answers with a key of before is not believed.
        words = "switch it on" if name == "px02" else "another host key"
        rack.appliance.wait_for(name, lambda row: words in row["sentence"], 60)
    same(installed.logins(), logins, "logins at the retired host, listed again")


def rack_rows(table: str, column: str) -> list:
    return [row[0].hex() for row in ledger.rows(f"select {column} from {table}")]


def test_an_installed_host_that_does_not_answer_is_armed_and_disarmed(folder) -> None:
    rack = known_hosts(Rack(folder), ["px01"])
    expect("`disk.wipe` of px01 is `blank`" in said(rack, 1, "arm", "px01", "--confirm", "px01"), "the line to change is not named")
    rack.inventory["px01"]["disk"] = "{ layout: single-ext4, wipe: own }"
    rack.write_inventory()
    rack.appliance.wait_said(lambda: rack.appliance.command("arm", "px01").returncode == 2, "wipe: own")
    told = said(rack, 3, "arm", "px01", "--confirm", "px01")
    for words in ("Lost for good", "attempt 2 begins", "does not answer at 10.10.0.11", "switch it off and on", "boot menu"):
        expect(words in told, f"'{words}' is not in '{told}'")
    row = rack.appliance.wait_for("px01", lambda row: row["condition"] == "person", 60)
    expect("choose the network once" in row["sentence"], f"what is waited for: {row['sentence']}")
    same((row["attempt"], row["phase"]), (2, "waiting"), "attempt and phase of the armed host")
    same(rack.appliance.command("apply", "hosts.px01", timeout=120).returncode, 3, "exit status of an apply that waits for a person")
    said(rack, 0, "arm", "px01", "--disarm")
    row = rack.appliance.wait_ok("px01", 60)
    same(row["attempt"], 1, "attempt after the arming was taken back")


def test_what_a_rescue_or_an_arming_interrupts_is_never_shown_as_failed(folder) -> None:
    rack = known_hosts(Rack(folder, servers=2), ["px01"])
    rack.inventory["px01"]["disk"] = "{ layout: single-ext4, wipe: own }"
    rack.write_inventory()
    rack.appliance.wait_said(lambda: rack.appliance.command("arm", "px01").returncode == 2, "wipe: own")
    rack.appliance.wait_for("px02", lambda row: row["condition"] == "person", 60)
    shown = folder / "shown"
    with shown.open("wb") as file:
        watch = subprocess.Popen([str(word) for word in rack.appliance.command_line("watch", "--json")], stdin=subprocess.DEVNULL, stdout=file)
    # Whatever the stage that waits for px02 is just doing: it ends, and whoever waited for its end goes on.
    for name in ("px01", *["px02"] * 3):
        said(rack, 0, "rescue", name)
        said(rack, 0, "resume", name)
    said(rack, 3, "arm", "px01", "--confirm", "px01")
    rack.appliance.wait_for("px01", lambda row: row["condition"] == "person", 60)
    said(rack, 0, "arm", "px01", "--disarm")
    rack.appliance.wait_ok("px01", 60)
    rack.appliance.wait_for("px02", lambda row: row["condition"] == "person", 60)
    watch.terminate()
    watch.wait(30)
    rows = [row for line in shown.read_text().splitlines()[:-1] for row in json.loads(line)["hosts"]]
    expect(len(rows) > 10, f"{len(rows)} rows were shown")
    same([row["sentence"] for row in rows if row["condition"] == "FAILED"], [], "hosts that were shown as FAILED")
