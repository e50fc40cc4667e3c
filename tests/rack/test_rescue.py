"""`landscaper rescue` on an installed server: the installer's tools under a fresh pinned key, the disk as it was."""

from rack.expect import expect, same
from rack.rack import Rack
from rack.test_rack_up import check_installed, login_when_up


def asked(rack: Rack, *words: str) -> str:
    done = rack.appliance.command(*words, timeout=60)
    same(done.returncode, 0, f"landscaper {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def test_a_server_is_looked_at_and_goes_on_as_it_was(folder) -> None:
    rack = Rack(folder)
    rack.start()
    rack.power_on()
    rack.appliance.wait_ok("px01")
    before = check_installed(rack, "px01")
    print("    " + asked(rack, "rescue", "px01"), flush=True)
    row = rack.appliance.wait_for("px01", lambda row: "in rescue" in row["sentence"], 400)
    same(row["phase"], "ok", "phase in rescue")
    expect("installer" in asked(rack, "ssh", "px01", "cat", "/etc/os-release"), "the rescue system is not the installer")
    same(asked(rack, "ssh", "px01", "findmnt", "-n", "-o", "SOURCE", "/mnt || true"), "", "what is mounted of the disk")
    rack.appliance.kill()
    rack.start()
    rack.appliance.wait_for("px01", lambda row: "in rescue" in row["sentence"], 60)
    print("    " + asked(rack, "resume", "px01"), flush=True)
    ssh = login_when_up(rack, "px01", 400)
    expect(ssh.run("cat /proc/sys/kernel/random/boot_id") != before["boot"], "the machine did not boot again")
    after = check_installed(rack, "px01")
    same(after["marker"], before["marker"], "marker after the rescue")
    same(after["attempt"], before["attempt"], "attempt after the rescue")
