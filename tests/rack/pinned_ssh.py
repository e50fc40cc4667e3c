"""ssh from the appliance's namespace with one pinned host key: the rack's own look at a server, independent of landscaper."""

import os
import subprocess
from pathlib import Path

from rack.command import output, run
from rack.network import Network, in_namespace


def make_key(file: Path, comment: str = "rack") -> str:
    """A fresh ed25519 key pair; returns the public half as "ssh-ed25519 AAAA..."."""
    for old in (file, file.with_name(file.name + ".pub")):
        old.unlink(missing_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file)
    return " ".join(file.with_name(file.name + ".pub").read_text().split()[:2])


class PinnedSsh:
    """root@address with client key `identity`, accepting only `host_key` ("ssh-ed25519 AAAA...")."""

    def __init__(self, network: Network, folder: Path, address: str, identity: Path, host_key: str):
        self.network, self.address, self.identity = network, address, identity
        self.known_hosts = folder / f"known_hosts.{abs(hash(host_key)) % 10**8}"
        self.known_hosts.write_text(f"server {host_key}\n")

    def options(self, timeout: int = 15) -> list:
        return ["-F", "/dev/null", "-i", str(self.identity), "-o", f"UserKnownHostsFile={self.known_hosts}",
                "-o", "GlobalKnownHostsFile=/dev/null", "-o", "HostKeyAlias=server", "-o", "StrictHostKeyChecking=yes",
                "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "CheckHostIP=no", "-o", "UpdateHostKeys=no", "-o", f"ConnectTimeout={timeout}",
                "-o", "KexAlgorithms=curve25519-sha256"]

    def try_run(self, command: str, timeout: float = 120, input: str = "") -> subprocess.CompletedProcess:
        """Runs a shell command on the server; the exit status is its own, 255 when ssh did not get there."""
        argv = in_namespace("appliance", ["ssh", *self.options(), f"root@{self.address}", command])
        return run(*argv, check=False, timeout=timeout, input=input)

    def run(self, command: str, timeout: float = 120, input: str = "") -> str:
        """The output of a command on the server; raises when it fails."""
        done = self.try_run(command, timeout, input)
        if done.returncode != 0:
            raise RuntimeError(f"{self.address}: {command[:200]}: exit status {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout.rstrip("\n")

    def nix_copy(self, *paths: str, timeout: float = 600) -> None:
        """Pushes store paths from the rack's store."""
        environment = {**os.environ, "NIX_SSHOPTS": " ".join(self.options())}
        output(*in_namespace("appliance", ["nix", "--extra-experimental-features", "nix-command", "copy",
                                           "--to", f"ssh://root@{self.address}", *paths]), env=environment, timeout=timeout)
