"""`landscaper rescue`: the installer's tools under a fresh pinned key, the disk as it was, and the way on afterwards."""

from rack.appliance import program
from rack.command import output
from rack.expect import expect, same
from rack.network import in_namespace
from rack.rack import Rack
from rack.test_rack_up import check_installed, login_when_up


def asked(rack: Rack, *words: str) -> str:
    done = rack.appliance.command(*words, timeout=60)
    same(done.returncode, 0, f"landscaper {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def logged_in(rack: Rack, command: str) -> str:
    """landscaper ssh, whose words behind the host's name are the host's."""
    argv = in_namespace("appliance", [program("landscaper"), *rack.appliance.options(), "ssh", "px01", command])
    return output(*argv, timeout=60).strip()


def noted(said: list, row: dict) -> bool:
    """Keeps each sentence of a server once; True when it needs nobody."""
    words = f"{row['phase']} {row['condition']}: {row['sentence']}"
    if words not in said:
        said.append(words)
    return row["condition"] == "run"


def test_a_server_is_looked_at_and_goes_on_as_it_was(folder) -> None:
    rack = Rack(folder)
    rack.start()
    rack.power_on()
    rack.appliance.wait_ok("px01")
    before = check_installed(rack, "px01")
    print("    " + asked(rack, "rescue", "px01"), flush=True)
    row = rack.appliance.wait_for("px01", lambda row: "in rescue" in row["sentence"], 400)
    same(row["phase"], "ok", "phase in rescue")
    said = logged_in(rack, "cat /etc/os-release; echo mounted=$(findmnt -n -o TARGET -S /dev/vda2)")
    expect("installer" in said, "the rescue system is not the installer")
    same(said.splitlines()[-1], "mounted=", "what is mounted of the disk")
    rack.appliance.kill()
    rack.start()
    rack.appliance.wait_for("px01", lambda row: "in rescue" in row["sentence"], 60)
    print("    " + asked(rack, "resume", "px01"), flush=True)
    ssh = login_when_up(rack, "px01", 400)
    expect(ssh.run("cat /proc/sys/kernel/random/boot_id") != before["boot"], "the machine did not boot again")
    after = check_installed(rack, "px01")
    same(after["marker"], before["marker"], "marker after the rescue")
    same(after["attempt"], before["attempt"], "attempt after the rescue")


def test_a_server_without_a_key_of_its_own_yet_is_looked_at_and_goes_on(folder) -> None:
    """Between the installation and the rotation: the system on the disk has the temporary key that was written there."""
    rack = Rack(folder)
    rack.start()
    rack.power_on()
    rack.appliance.wait_for("px01", lambda row: row["phase"] == "reboot", 400)
    first = rack.appliance.host("px01")["temporary_key"]
    print("    " + asked(rack, "rescue", "px01"), flush=True)
    rack.appliance.wait_for("px01", lambda row: "in rescue: landscaper ssh" in row["sentence"], 600)
    expect("installer" in logged_in(rack, "cat /etc/os-release"), "the rescue system is not the installer")
    expect(rack.appliance.host("px01")["temporary_key"] != first, "the rescue system has the installation's key")
    print("    " + asked(rack, "resume", "px01"), flush=True)
    same(rack.appliance.host("px01")["temporary_key"], first, "the pin of the system on the disk")
    said = []
    rack.appliance.wait_for("px01", lambda row: noted(said, row) and row["phase"] == "ok", 600)
    print("    " + "\n    ".join(said), flush=True)
    expect(not any("HOLD" in words for words in said), "the rescue system on its way down was taken for an impostor")
    same(check_installed(rack, "px01")["attempt"], 1, "attempt after the rescue")
