"""What keeps the gate shut before the first byte is written, and what it says: no QEMU."""

import json
import os

from rack.expect import expect, same
from rack.light_installer import LightInstaller
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys
from rack.test_steps import SMALL, proven, wait_row

BLANK = """echo "{\\"version\\":1,\\"device\\":\\"$1\\",\\"blank\\":true,\\"reason\\":null,\\"size\\":21474836480,\\"seed\\":\\"$2\\",\\"signatures\\":[],\\"partitions\\":[],\\"holders\\":[],\\"marker\\":null}"
"""


def disk_facts(path: str, **more) -> dict:
    return {**SMALL["disks"][0], "path": path, "wwid": None, "serial": path, **more}


def installer_with(rack: Rack, disks: list) -> LightInstaller:
    """A server with these disks, all of them blank; what would write to one is noted and fails."""
    installer = LightInstaller(rack)
    (rack.folder / "facts").write_text(json.dumps({**SMALL, "ram": 4 << 30, "disks": disks}))
    installer.program("landscaper-facts", f"cat {rack.folder / 'facts'}")
    installer.program("landscaper-blank", f'case $1 in --*) echo write "$@" >>{installer.noted}; exit 1 ;; esac\n{BLANK}')
    installer.program("blockdev", f'echo blockdev "$@" >>{installer.noted}')
    return installer


def untouched(row: dict, installer: LightInstaller) -> None:
    same([name for name in proven(row) if name in ("marker", "format")], [], "steps that write")
    said = installer.noted.read_text() if installer.noted.exists() else ""
    expect("write" not in said and "blockdev" not in said, f"what was begun: {said}")


def test_disks_are_chosen_by_their_numbers_and_count_or_not_at_all(folder) -> None:
    rack = Rack(folder)
    rack.start()
    TemporaryKeys().wait()
    twins = [disk_facts("/dev/sda", serial="0123456789"), disk_facts("/dev/sdb", serial="0123456789")]
    installer = installer_with(rack, twins)
    for disks, words in (("{ serial: '0123456789' }", "fits more than one disk"),
                         ("{ match: '*' }", "no disk matches")):
        rack.inventory["px01"]["disk"] = disks
        rack.write_inventory()
        row = wait_row(rack, lambda row, words=words: words in row["sentence"], 120)
        same(row["condition"], "HOLD", f"condition with disk: {disks}")
        untouched(row, installer)
    links = [disk_facts(path, by_id=[f"/dev/disk/by-id/ata-{number}"]) for number, path in enumerate(("/dev/sda", "/dev/sdb"))]
    (folder / "facts").write_text(json.dumps({**SMALL, "ram": 4 << 30, "disks": links}))
    rack.inventory["px01"]["disk"] = "{ match: 'ata-*' }"
    rack.write_inventory()
    row = wait_row(rack, lambda row: "layout single-ext4 is for one disk, and 2 are meant" in row["sentence"], 120)
    untouched(row, installer)


def test_a_layout_that_cannot_be_evaluated_is_told_before_the_first_write(folder) -> None:
    for name in ("LANDSCAPER_DISKO", "NIXPKGS_LIB"):
        os.environ.pop(name, None)
    rack = Rack(folder)
    rack.inventory["px01"]["disk"] = "{ layout: btrfs }"    # which the rehearsal's own expression does not have
    rack.write_inventory()
    rack.start()
    TemporaryKeys().wait()
    installer = installer_with(rack, [disk_facts("/dev/sda")])
    row = wait_row(rack, lambda row: row["condition"] == "FAILED", 120)
    expect("btrfs" in row["sentence"], f"the layout is not named: {row['sentence']}")
    expect("evidence" in proven(row), f"proven: {proven(row)}")
    untouched(row, installer)
