"""The rehearsal's systems, installed by hand without landscaper: layout, closures, boot loader and a second generation.

When this fails, the rack's own material is at fault; when only test_first_rack_up fails, landscaper is.
"""

import sys
import time

from rack import disk, installer, network, store
from rack.host import Host
from rack.paths import PYTHON
from rack.pinned_ssh import PinnedSsh, make_key

MOUNTS = "for f in dev proc sys; do mkdir -p /mnt/$f; mount --rbind /$f /mnt/$f; done"
# The session must end before the machine does, or ssh waits for a peer that is gone.
DETACHED = "setsid -f sh -c 'sleep 1; {}' </dev/null >/dev/null 2>&1"


class Stopwatch:
    """Prints and keeps the wall seconds of each part."""

    def __init__(self):
        self.start = self.last = time.monotonic()

    def lap(self, what: str) -> None:
        now = time.monotonic()
        print(f"    {now - self.last:6.1f} s  {what}", flush=True)
        self.last = now


def wait_for_ssh(ssh: PinnedSsh, condition: str, seconds: float = 400) -> None:
    """Until a command on the server succeeds under the pinned key."""
    deadline = time.monotonic() + seconds
    while (done := ssh.try_run(condition, timeout=90)).returncode != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{ssh.address}: ssh did not answer '{condition}' within {seconds:.0f} s: {done.stderr.strip()}")
        time.sleep(0.3)


def install(ssh: PinnedSsh, base: str, cache_key: str, lap) -> None:
    """What landscaper's steps do, in their order, without its checks."""
    device = ssh.run("ls /dev/disk/by-id/virtio-* | grep -v part").splitlines()[0]
    scripts = store.layout([device])
    for word in ("format", "mount"):
        ssh.run("bash -s", input=scripts[word])
    assert ssh.run("bash -s", input=scripts["format"]) is not None, "format can be repeated"
    lap("partitions and file systems")
    ssh.run(f"nix --extra-experimental-features nix-command copy --from http://{network.APPLIANCE}:8069 "
            f"--to 'local?root=/mnt' --option trusted-public-keys '{cache_key}' {base}", timeout=600)
    lap("base closure pulled from the cache")
    ssh.run(f"nix-env --store 'local?root=/mnt' -p /mnt/nix/var/nix/profiles/system --set {base}")
    ssh.run("mkdir -p /mnt/etc/ssh /mnt/etc/landscaper; mkdir -p -m 700 /mnt/root/.ssh; touch /mnt/etc/NIXOS; cd /landscaper; "
            "cp host.json /mnt/etc/landscaper/; cp authorized_keys /mnt/root/.ssh/; cp ssh_host_ed25519_key /mnt/etc/ssh/")
    ssh.run(f"{MOUNTS}; NIXOS_INSTALL_BOOTLOADER=1 chroot /mnt {base}/bin/switch-to-configuration boot")
    lap("profile and boot loader")


def check_generations(host: Host, ssh: PinnedSsh, systems: dict, lap) -> None:
    """From the disk by the firmware's own boot order: base, then the toplevel switched to, then booted into."""
    host.power_on()
    wait_for_ssh(ssh, f'test "$(readlink -f /run/current-system)" = {systems["base"]}')
    lap("power-on to ssh in the base system, from disk")
    assert "cloud" in ssh.run("uname -r") and ssh.run("hostname") == "h1"
    assert ssh.run("nixos-version") == "25.05.rehearsal-base"
    assert "2.8" in ssh.run("nix-store --version")

    ssh.nix_copy(systems["toplevel"])
    lap("toplevel copied")
    ssh.run(f"nix-env -p /nix/var/nix/profiles/system --set {systems['toplevel']} && "
            f"{systems['toplevel']}/bin/switch-to-configuration switch")
    assert ssh.run("nixos-version") == "25.05.rehearsal-toplevel" and "cloud" in ssh.run("uname -r")
    assert ssh.run("readlink -f /run/booted-system") == systems["base"]
    ssh.run("tree --version && sleep 2 && busybox wget -qO- http://127.0.0.1:8006 | grep rehearsal")
    lap("toplevel activated")
    boot = ssh.run("cat /proc/sys/kernel/random/boot_id")
    ssh.run(DETACHED.format("reboot"))
    wait_for_ssh(ssh, f'test "$(cat /proc/sys/kernel/random/boot_id)" != {boot}')
    lap("reboot into the toplevel")
    assert "cloud" not in ssh.run("uname -r")
    assert ssh.run("readlink -f /run/booted-system") == systems["toplevel"]
    assert "2 " in ssh.run("nix-env -p /nix/var/nix/profiles/system --list-generations")
    entries = ssh.run("ls /boot/loader/entries; efibootmgr")
    assert "nixos-generation-2.conf" in entries and "Linux Boot Manager" in entries, entries
    print(f"    QEMU: {host.usage()}")
    host.cut_power()


def test_the_systems_boot_under_real_firmware(folder) -> None:
    watch, systems = Stopwatch(), store.systems()
    wires = network.Network()
    client, temporary = make_key(folder / "client"), make_key(folder / "host_key")
    address = network.host_address(1)
    archive = installer.host_archive(
        {"version": 1, "name": "h1", "mac": [network.host_mac(1)], "ip": f"{address}/24", "gateway": network.SITE,
         "nameservers": [network.SITE], "appliance": network.APPLIANCE}, folder / "host_key", client)
    host = Host(wires, folder, "h1", network.host_mac(1), disk.blank(folder / "h1.raw"), kernel=installer.FOLDER / "kernel",
                initrd=installer.initrd_with(archive, folder / "initrd"), command_line="console=ttyS0 loglevel=4")
    cache_key = store.make_cache(folder / "cache", systems["base"])
    wires.spawn("appliance", [*PYTHON, "-m", "http.server", "-d", folder / "cache", "8069"],
                stdout=(folder / "http.log").open("wb"), stderr=(folder / "http.err").open("wb"))
    ssh = PinnedSsh(wires, folder, address, folder / "client", temporary)
    watch.lap("keys, cache and disk")
    host.power_on()
    wait_for_ssh(ssh, "true")
    watch.lap("power-on to ssh in the installer")
    install(ssh, systems["base"], cache_key, watch.lap)
    host.direct = []            # the next power-on is the firmware's own
    ssh.run(f"umount -R /mnt; sync; {DETACHED.format('poweroff')}")
    host.wait_off(60)
    watch.lap("power off")

    check_generations(host, ssh, systems, watch.lap)


if __name__ == "__main__":
    sys.exit("run it with tests/rack/run-test test_systems")
