"""The way of a server from power-on to `ok`, asserted on what the server itself says."""

import json
import time
from pathlib import Path

from rack.appliance import STATE
from rack.drives import first_disk
from rack.expect import expect, fingerprint, host_key_of, partitions, read_marker, same
from rack.firmware import BIOS
from rack.pinned_ssh import PinnedSsh
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys


def login(rack: Rack, name: str) -> PinnedSsh:
    """ssh as landscaper's client, pinned to the key that landscaper's console shows."""
    address = rack.inventory[name]["ip"].split("/")[0]
    key = host_key_of(rack.network, address)
    same(fingerprint(key), rack.appliance.host(name)["permanent_key"], f"{name}: the key that answers is the pinned one")
    return PinnedSsh(rack.network, rack.folder, address, Path(STATE) / "keys/client_ed25519", key)


def check_installed(rack: Rack, name: str, booted: str = "toplevel", root: str = "ext4") -> dict:
    """Everything an `ok` server must say of itself; returns its marker and boot id. `booted` is the system it was booted
    into: another than the final one where both have the same kernel. `root` is what its root partition holds."""
    row, ssh, systems = rack.appliance.host(name), login(rack, name), rack.systems_of(name)
    same(ssh.run("hostname"), name, "host name")
    same(ssh.run("nixos-version"), "25.05.rehearsal-toplevel", f"{name}: system")
    for link, system in (("booted", booted), ("current", "toplevel")):
        same(ssh.run(f"readlink -f /run/{link}-system"), systems[system], f"{name}: /run/{link}-system")
    expect("cloud" not in ssh.run("uname -r"), f"{name} still runs the base system's kernel")
    same(ssh.run("readlink -f /nix/var/nix/profiles/system"), systems["toplevel"], f"{name}: system profile")
    same(row["toplevel"], systems["toplevel"], f"{name}: generation on the console")
    ssh.run(f"nix-store --verify-path $(nix-store -q --requisites {systems['toplevel']})", timeout=300)
    first = (1, "disk-main-ESP", "vfat") if rack.firmware.is_uefi else (1, "disk-main-boot", None)
    disk = first_disk(rack.hosts[name].drives[0].controller)
    same(partitions(ssh, disk), [first, (2, "disk-main-root", root)], f"{name}: partitions")
    marker = read_marker(ssh, disk)
    same(marker["state"], "finished", f"{name}: marker")
    same(marker["host"], row["host_id"], f"{name}: marker's host id")
    expect("landscaper" not in ssh.run("ls -a /etc/ssh /root; ls /landscaper 2>/dev/null || true"),
           f"{name}: something of the installer is left on the disk")
    same(ssh.run("jq -r '.installer // \"absent\"' /etc/landscaper/host.json"), "absent", f"{name}: host.json on the disk")
    check_no_temporary_key(rack, name)
    return {"marker": marker, "boot": ssh.run("cat /proc/sys/kernel/random/boot_id"), "attempt": row["attempt"]}


def check_no_temporary_key(rack: Rack, name: str) -> None:
    """The private half of the temporary key is gone from the runtime folder; temporary_keys looks everywhere else."""
    left = [p for p in Path("/run/landscaper").rglob("*") if p.is_file() and b"PRIVATE KEY" in p.read_bytes()[:200]]
    expect(not left, f"{name}: private keys left in the runtime folder: {left}")


def was_started_once(rack: Rack, name: str) -> bool:
    """Whether the boot loader was told to start the final system once, the base staying its default until that had come up."""
    steps = rack.appliance.json("host", name)["steps"]
    proof = next(step["proof_text"] for step in steps if step["step"] == "activate" and step.get("proof_text"))
    return json.loads(proof)["once"]


def print_phases(rack: Rack, name: str, powered_on: float) -> None:
    phases = rack.appliance.host(name)["phases"]
    words = [f"{p['phase']} +{p['started'] / 1000 - powered_on:.1f}" for p in phases]
    print(f"    {name}: " + "  ".join(words), flush=True)


def test_a_blank_server_comes_to_ok_and_boots_from_its_disk_ever_after(folder) -> None:
    rack = Rack(folder)
    rack.start()
    keys = TemporaryKeys()
    keys.wait()
    keys.must_be_served(rack)
    powered_on = rack.power_on()
    rack.appliance.wait_ok("px01")
    print_phases(rack, "px01", powered_on)
    first = check_installed(rack, "px01")
    keys.must_be_gone(rack, "px01")

    host = rack.hosts["px01"]
    host.cut_power()
    host.boot_order = "network_first"
    host.power_on()
    host.serial.wait_for("stage 1: ", 240)
    ssh = login_when_up(rack, "px01")
    expect(ssh.run("cat /proc/sys/kernel/random/boot_id") != first["boot"], "the machine did not boot again")
    second = check_installed(rack, "px01")
    same(second["marker"], first["marker"], "marker after the second power-on")
    same(second["attempt"], first["attempt"], "attempt after the second power-on")
    expect(not host.serial.find("landscaper installer"), "the second power-on booted the installer")
    for program, used in rack.summary()["programs"].items():
        print(f"    {program}: {used['cpu_seconds']:.1f} CPU s, {used['peak_mb']} MB", flush=True)


def login_when_up(rack: Rack, name: str, seconds: float = 120) -> PinnedSsh:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return login(rack, name)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def test_a_bios_server_comes_to_ok_and_boots_from_its_disk(folder) -> None:
    rack = Rack(folder, firmware=BIOS)
    rack.start()
    powered_on = rack.power_on()
    rack.appliance.wait_ok("px01", 600)
    print_phases(rack, "px01", powered_on)
    first = check_installed(rack, "px01")
    expect(was_started_once(rack, "px01"), "GRUB was not told to start the final system once")
    same(login(rack, "px01").run("grub-editenv /boot/grub/grubenv list"), "", "orders left for GRUB")
    rack.hosts["px01"].cut_power()
    rack.hosts["px01"].power_on()
    ssh = login_when_up(rack, "px01", 300)
    expect(ssh.run("cat /proc/sys/kernel/random/boot_id") != first["boot"], "the machine did not boot again")
    same(check_installed(rack, "px01")["marker"], first["marker"], "marker after the second power-on")


def test_three_servers_at_once(folder) -> None:
    rack = Rack(folder, servers=3)
    rack.start()
    powered_on = rack.power_on()
    for name in rack.hosts:
        rack.appliance.wait_ok(name, 900)
        print_phases(rack, name, powered_on)
    for name in rack.hosts:
        check_installed(rack, name)
    print_usage(rack)


def print_usage(rack: Rack) -> None:
    """What everything has used so far."""
    summary = rack.summary()
    print(f"    {'':<18}{'CPU s':>8}{'peak MB':>9}")
    for what, used in {**summary["programs"], **summary["machines"]}.items():
        print(f"    {what:<18}{used['cpu_seconds']:>8.1f}{used['peak_mb']:>9}", flush=True)
