"""What a server itself says, read over ssh under its pinned key, and the words of a failed expectation."""

import hashlib
import struct

from rack.command import output
from rack.network import Network, in_namespace
from rack.pinned_ssh import PinnedSsh

MARKER_AT = 524288     # bytes from the disk's start (contract 4)
STATES = {1: "open", 2: "finished"}


def expect(holds: bool, words: str) -> None:
    """Raises AssertionError with a sentence; unlike assert it survives python -O."""
    if not holds:
        raise AssertionError(words)


def same(seen, wanted, what: str) -> None:
    expect(seen == wanted, f"{what}: expected {wanted!r}, seen {seen!r}")


def host_key_of(network: Network, address: str) -> str:
    """The ed25519 key that answers at an address, as "ssh-ed25519 AAAA..."."""
    lines = output(*in_namespace("appliance", ["ssh-keyscan", "-T", "10", "-t", "ed25519", address])).splitlines()
    found = [line.split(" ", 1)[1] for line in lines if not line.startswith("#")]
    expect(len(found) == 1, f"no ed25519 host key at {address}")
    return found[0]


def fingerprint(key: str) -> str:
    """SHA256:... of "ssh-ed25519 AAAA..."."""
    return output("ssh-keygen", "-lf", "-", input=key + "\n").split()[1]


def read_marker(ssh: PinnedSsh, disk: str = "/dev/vda") -> dict:
    """landscaper's marker on a server's disk; its digest is checked."""
    text = ssh.run(f"dd if={disk} bs=4096 skip={MARKER_AT // 4096} count=1 status=none | od -An -v -tx1")
    block = bytes.fromhex(text.replace(" ", "").replace("\n", ""))
    same(len(block), 4096, "marker block")
    magic, version, state, _, rack, host, nonce, key, when = struct.unpack_from("<8sHHI16s16s16s32sQ", block)
    same(magic, b"LANDSCAP", "marker's first bytes")
    same(block[480:512], hashlib.sha256(block[:480]).digest(), "marker's digest")
    expect(not any(block[512:]), "the marker's tail is not zero")
    return {"version": version, "state": STATES.get(state, state), "rack": rack.hex(), "host": host.hex(), "nonce": nonce.hex(),
            "key": key.hex(), "when": when}


def partitions(ssh: PinnedSsh, disk: str = "/dev/vda") -> list:
    """[(number, name, file system)] of a server's disk."""
    rows = []
    for line in ssh.run(f"for p in {disk}?*; do blkid -p -o export $p | tr '\\n' ';'; echo; done").splitlines():
        fields = dict(part.split("=", 1) for part in line.split(";") if "=" in part)
        rows.append((int(fields["PART_ENTRY_NUMBER"]), fields.get("PART_ENTRY_NAME"), fields.get("TYPE")))
    return rows
