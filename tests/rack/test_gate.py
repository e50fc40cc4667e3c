"""What keeps the gate shut before the first byte is written, and what it says: no QEMU."""

import json
import os

from rack import network
from rack.command import run
from rack.dhcp_client import discover
from rack.expect import expect, same
from rack.light_installer import LightInstaller
from rack.rack import Rack
from rack.temporary_keys import TemporaryKeys
from rack.test_segment import says, wait_until
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


def test_a_server_of_the_other_firmware_is_held_until_the_inventory_says_so(folder) -> None:
    rack = Rack(folder)
    rack.inventory["px01"]["firmware"] = "bios"
    rack.write_inventory()
    line = 1 + next(n for n, text in enumerate((rack.appliance.network_folder / "inventory.yaml").read_text().splitlines())
                    if "firmware: bios" in text)
    rack.start()
    TemporaryKeys().wait()
    rack.network.add_namespace("firmware", f"10.10.0.77/{network.LENGTH}", rack.inventory["px01"]["mac"])
    discover(rack.network, "firmware", rack.inventory["px01"]["mac"], 3)
    run("ip", "netns", "delete", "firmware")     # the installer has its MAC
    row = wait_row(rack, lambda row: row["condition"] == "HOLD", 60)
    expect(f"inventory.yaml:{line}: the server boots by UEFI" in row["sentence"], "the line to change is not named")
    # So it is said of what the installer finds, when nothing was heard of the firmware.
    facts = {**SMALL, "ram": 4 << 30, "firmware": "bios", "disks": [disk_facts("/dev/sda", logical_sector=4096)]}
    rack.inventory["px01"].pop("firmware")
    rack.write_inventory()
    installer = installer_with(rack, facts["disks"])
    (folder / "facts").write_text(json.dumps(facts))
    row = wait_row(rack, lambda row: "the server boots by BIOS" in row["sentence"], 120)
    same(row["condition"], "HOLD", "condition of a server with another firmware than declared")
    untouched(row, installer)
    # Its disk has sectors that no BIOS reads.
    rack.inventory["px01"]["firmware"] = "bios"
    rack.write_inventory()
    row = wait_row(rack, lambda row: "sectors of 4096 bytes" in row["sentence"], 120)
    same(row["condition"], "HOLD", "condition of a BIOS server with a disk that it cannot start from")
    untouched(row, installer)


def test_a_server_whose_declaration_changes_while_it_is_waited_for_begins_with_the_new_one(folder) -> None:
    rack = Rack(folder, servers=2)
    rack.roles["other"] = {"base": rack.systems["generic_base"], "toplevel": rack.systems["toplevel"]}
    rack.write_inventory()
    rack.start()
    for name in rack.hosts:
        wait_row(rack, lambda row: row["sentence"].startswith("switch it on"), 60, name)
    rack.inventory["px01"]["role"] = "other"
    rack.write_inventory()
    wait_until(rack, says("was declared otherwise meanwhile"), "px01 begins anew", 60)
    row = wait_row(rack, lambda row: row["condition"] == "person", 60)
    expect(row["sentence"].startswith("switch it on"), row["sentence"])
    said = [line["host"] for line in rack.appliance.json("hosts")["log"] if "was declared otherwise" in line["text"]]
    same(said, ["px01"], "who begins anew")
