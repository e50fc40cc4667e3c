"""An installer without a machine: sshd in a namespace, with px01's temporary key and address, whose programs a test writes.

For what landscaper does when a step is silent or fails; nothing is installed by it, and QEMU is not needed.
"""

from pathlib import Path

from rack import network
from rack.appliance import SOCKET, STATE
from rack.rack import Rack

KEYS = Path(SOCKET).parent / "keys"


class LightInstaller:
    """`programs` is the folder of its own programs, found before those of the machine; `date` and `hwclock` only note their words."""

    def __init__(self, rack: Rack, folder: Path):
        self.folder = folder / "light"
        self.programs = self.folder / "programs"
        self.programs.mkdir(parents=True)
        self.noted = self.folder / "noted"
        for name in ("date", "hwclock"):
            self.program(name, f'echo {name} "$@" >>{self.noted}')
        key = next(file for file in KEYS.iterdir() if file.suffix != ".pub")
        (self.folder / "host_key").write_text(key.read_text())
        (self.folder / "host_key").chmod(0o600)
        (self.folder / "os-release").write_text("ID=landscaper\nVARIANT_ID=installer\n")
        base = rack.systems["base"]
        (self.folder / "config").write_text(
            f"HostKey {self.folder}/host_key\nAuthorizedKeysFile {STATE}/keys/client_ed25519.pub\nStrictModes no\nUsePAM no\n"
            f"PidFile none\nUseDNS no\nPermitRootLogin prohibit-password\nSetEnv PATH={self.programs}:/usr/sbin:/usr/bin:/sbin:/bin\n")
        library = f"{base}/sw/lib/x86_64-linux-gnu"
        script = f"""set -e
mount --make-rprivate /
mkdir -p /run/sshd
sed -e /^sshd:/d -e 's|^root:.*|root:x:0:0:root:/root:/bin/bash|' /etc/passwd >{self.folder}/passwd
echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin' >>{self.folder}/passwd
mount --bind {self.folder}/passwd /etc/passwd
mount --bind {self.folder}/os-release /etc/os-release
exec {library}/ld-linux-x86-64.so.2 --library-path {library} {base}/sw/bin/sshd -D -e -r -f {self.folder}/config
"""
        rack.network.add_namespace("installer", rack.inventory["px01"]["ip"], network.host_mac(1))
        rack.network.spawn("installer", ["unshare", "-m", "bash", "-c", script], stderr=(self.folder / "log").open("wb"))

    def program(self, name: str, body: str) -> None:
        """Puts a shell script in place, whole or not at all."""
        fresh = self.programs / f".{name}"
        fresh.write_text(f"#!/bin/sh\n{body}\n")
        fresh.chmod(0o755)
        fresh.rename(self.programs / name)
