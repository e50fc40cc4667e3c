"""What landscaper must not do: answer strangers, write to disks that hold something, trust another key."""

from rack import disk, network
from rack.dhcp_client import discover
from rack.expect import expect, same
from rack.pinned_ssh import make_key
from rack.rack import Rack


def test_an_unknown_mac_is_never_answered_but_shown(folder) -> None:
    rack = Rack(folder)
    rack.start()
    stranger = "52:54:00:ff:00:01"
    rack.network.add_namespace("stranger", f"{network.PREFIX}90/{network.LENGTH}", stranger)
    servers = discover(rack.network, "stranger", stranger, seconds=6)
    same(servers, {network.SITE}, "who answered the unknown MAC")
    servers = discover(rack.network, "stranger", network.host_mac(1), seconds=6)
    same(servers, {network.SITE, network.APPLIANCE}, "who answered the known MAC (the control)")
    answer = rack.appliance.json("hosts")
    expect(stranger in str(answer), "the unknown MAC is not shown")


def wait_held(rack: Rack, name: str) -> dict:
    return rack.appliance.wait_for(name, lambda row: row["condition"] == "HOLD", 400)


def test_disks_that_hold_something_stay_as_they_are(folder) -> None:
    rack = Rack(folder, servers=2)
    disk.with_ext4(rack.hosts["px01"].disk)
    disk.with_random_bytes(rack.hosts["px02"].disk)
    before = {name: disk.digest(host.disk) for name, host in rack.hosts.items()}
    rack.start()
    rack.power_on()
    for name, words in (("px01", "ext4"), ("px02", "data at offset")):
        row = wait_held(rack, name)
        print(f"    {name}: {row['sentence']}", flush=True)
        expect(words in row["sentence"], f"{name}: '{row['sentence']}' does not say '{words}'")
    for name, host in rack.hosts.items():
        host.cut_power()
        same(disk.digest(host.disk), before[name], f"{name}: the disk's bytes")


def test_a_server_with_another_key_is_refused_and_reported(folder) -> None:
    """Somebody else answers at the server's address: sshd with a key of its own, no QEMU needed."""
    rack = Rack(folder)
    rack.start()
    rack.network.add_namespace("impostor", rack.inventory["px01"]["ip"], "52:54:00:ff:00:02")
    make_key(folder / "impostor_key")
    rack.network.spawn("impostor", impostor_sshd(rack.systems['base'], folder), stderr=(folder / "impostor.log").open("wb"))
    rack.power_on()
    row = rack.appliance.wait_for("px01", lambda r: "key" in r["sentence"] and r["condition"] in ("HOLD", "person", "FAILED"), 240)
    print(f"    px01: {row['sentence']}", flush=True)


def impostor_sshd(base: str, folder) -> list:
    """sshd of the base system with a key of its own, on this machine's kernel."""
    library = f"{base}/sw/lib/x86_64-linux-gnu"
    (folder / "impostor_config").write_text(f"HostKey {folder}/impostor_key\nUsePAM no\nPidFile none\n")
    return [f"{library}/ld-linux-x86-64.so.2", "--library-path", library, f"{base}/sw/bin/sshd", "-D", "-e", "-r", "-f",
            folder / "impostor_config"]
