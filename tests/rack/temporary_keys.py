"""The private halves of temporary host keys: seen while they are in use, and looked for everywhere once they are not."""

import base64
import os
import time
from pathlib import Path

from rack.appliance import SOCKET, STATE
from rack.expect import expect

KEYS = Path(SOCKET).parent / "keys"
HOST_SEARCH = r"""
set -f
findmnt -rno TARGET,FSTYPE | while read -r place type; do
    case $type in ext4|vfat|tmpfs|ramfs|devtmpfs) ;; *) continue ;; esac
    find "$place" -xdev -type f -size -200M -exec grep -laF -e "$NEEDLE" {} + 2>/dev/null
done
dd if=/dev/null of=/dev/null 2>/dev/null
echo looked
"""


def secret_part(text: str) -> str:
    """A run of the file's base64 that holds nothing but the private half (PROTOCOL.key: seed and public key are its end)."""
    body = [line for line in text.splitlines() if "-----" not in line]
    whole = base64.b64decode("".join(body))
    start = whole.rindex(b"ssh-ed25519") + 11 + 4 + 32 + 4     # the second public key, its length and the private half's
    first, last = -(-start // 3) * 4, (start + 32) // 3 * 4     # whole groups of four digits inside the seed
    width = len(body[0])
    runs = [(max(first, n * width), min(last, (n + 1) * width)) for n in range(len(body))]
    begin, end = max(runs, key=lambda run: run[1] - run[0])
    return "".join(body)[begin:end]


class TemporaryKeys:
    """All private halves that were seen in the runtime folder."""

    def __init__(self):
        self.needles: dict = {}

    def look(self) -> None:
        for file in KEYS.glob("*"):
            if file.suffix != ".pub" and file.is_file():
                text = file.read_text()
                if "PRIVATE KEY" in text:
                    self.needles[secret_part(text)] = raw_seed(text)

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.needles:
            expect(time.monotonic() < deadline, f"no temporary key appeared in {KEYS}")
            time.sleep(0.1)
            self.look()

    def must_be_served(self, rack, seconds: float = 60) -> None:
        """The control: while the payload is offered, this search finds the key with landscaper-bootd and in the runtime folder."""
        patterns = [needle.encode() for needle in self.needles]
        deadline = time.monotonic() + seconds
        while not found_in_process(patterns, rack.appliance.programs()["landscaper-bootd"]):
            expect(time.monotonic() < deadline, "the key that is served was not found with landscaper-bootd: the search is blind")
            time.sleep(0.1)
        expect(found_in_files(patterns, [str(KEYS)]), "the key in use was not found in the runtime folder: the search is blind")

    def must_be_gone(self, rack, name: str) -> None:
        expect(self.needles, "no temporary key was seen: nothing to look for")
        patterns = [needle.encode() for needle in self.needles] + list(self.needles.values())
        left = found_in_files(patterns, [STATE, str(Path(SOCKET).parent), str(rack.folder)])
        for program, pid in rack.appliance.programs().items():
            left += [f"{program}: {place}" for place in found_in_process(patterns, pid)]
        left += self.found_on_host(rack, name)
        expect(not left, f"{name}: the temporary private key is left in " + "; ".join(left))
        print(f"    {len(self.needles)} temporary private key(s): in no file, memory or open file of landscaper, and not on {name}",
              flush=True)

    def found_on_host(self, rack, name: str) -> list:
        from rack.test_rack_up import login
        found = []
        for needle in self.needles:
            said = login(rack, name).run(f"NEEDLE={needle}\n{HOST_SEARCH}", timeout=600).splitlines()
            expect(said[-1] == "looked", f"{name} was not searched: {said}")
            found += [f"{name}:{line}" for line in said[:-1]]
        return found


def raw_seed(text: str) -> bytes:
    whole = base64.b64decode("".join(line for line in text.splitlines() if "-----" not in line))
    start = whole.rindex(b"ssh-ed25519") + 11 + 4 + 32 + 4
    return whole[start:start + 32]


def found_in_files(patterns: list, folders: list) -> list:
    """Files that hold one of the patterns; a server's own disk and memory are no files of landscaper."""
    found = []
    for folder in folders:
        for file in Path(folder).rglob("*"):
            if file.is_file() and not file.is_symlink() and file.suffix != ".raw" and holds(file, patterns):
                found.append(str(file))
    return found


def holds(file: Path, patterns: list, chunk: int = 1 << 24) -> bool:
    with file.open("rb") as data:
        tail = b""
        while part := data.read(chunk):
            block = tail + part
            if any(pattern in block for pattern in patterns):
                return True
            tail = block[-256:]
    return False


def found_in_process(patterns: list, pid: int) -> list:
    """Where a process has one of the patterns: its memory by region, and the files that only it has open."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            region, rights, *rest = line.split(maxsplit=5)
            first, last = (int(end, 16) for end in region.split("-"))
            if not rights.startswith("r") or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            try:
                memory.seek(first)
                data = memory.read(last - first)
            except OSError:
                continue    # a device's or a guard's pages
            if any(pattern in data for pattern in patterns):
                found.append(f"memory {rest[-1] if len(rest) == 4 else 'anonymous'} {region}")
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
            if target.startswith("/memfd:") and holds(link, patterns):
                found.append(target)
        except OSError:
            continue
    return found
