"""Servers without a machine: sshd in a namespace, with a server's host key and address, whose programs a test writes.

For what landscaper does when a step is silent or fails, or to a host that is installed already; nothing is installed by
them, and QEMU is not needed.
"""

from pathlib import Path

from rack.appliance import SOCKET, STATE
from rack.rack import Rack

KEYS = Path(SOCKET).parent / "keys"


class LightServer:
    """sshd with the private key `key` at a server's address. `programs` is the folder of its own programs, found before
    those of the machine; `date`, `hwclock`, `reboot` and `systemctl` only note their words."""

    def __init__(self, rack: Rack, name: str, key: str, os_release: str = "ID=nixos\n"):
        self.folder = rack.folder / f"light-{name}"
        self.programs = self.folder / "programs"
        self.programs.mkdir(parents=True)
        self.noted = self.folder / "noted"
        for command in ("date", "hwclock", "reboot", "systemctl"):
            self.program(command, f'echo {command} "$@" >>{self.noted}')
        (self.folder / "host_key").write_text(key)
        (self.folder / "host_key").chmod(0o600)
        (self.folder / "os-release").write_text(os_release)
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
        rack.network.add_namespace(name, rack.inventory[name]["ip"], rack.inventory[name]["mac"])
        self.log = self.folder / "log"
        rack.network.spawn(name, ["unshare", "-m", "bash", "-c", script], stderr=self.log.open("wb"))

    def logins(self) -> int:
        """How often somebody has logged in."""
        return self.log.read_text().count("Accepted publickey")

    def program(self, name: str, body: str) -> None:
        """Puts a shell script in place, whole or not at all."""
        fresh = self.programs / f".{name}"
        fresh.write_text(f"#!/bin/sh\n{body}\n")
        fresh.chmod(0o755)
        fresh.rename(self.programs / name)


class LightInstaller(LightServer):
    """The installer of a server whose payload was made: answers under its temporary key."""

    def __init__(self, rack: Rack, name: str = "px01"):
        key = KEYS / rack.appliance.host(name)["host_id"]
        super().__init__(rack, name, key.read_text(), "ID=landscaper\nVARIANT_ID=installer\n")
