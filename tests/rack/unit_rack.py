"""The rack's own parts that need no rack: run by tests/run with unittest."""

import io
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from rack import cable, capture, disk, rooted, stages, test_client_packets
from rack.drives import Drive
from rack.serial_log import SerialLog
from rack.systems.initrds import without
from rack.systems.newc import archive
from rack.systems.packages import grouped, store_tree_place

MIB = 1 << 20


class Roots(unittest.TestCase):
    def test_a_root_that_is_mounted_is_told_from_a_chroot(self):
        chroot = "36 25 0:31 / /proc rw,relatime shared:5 - proc proc rw\n"
        self.assertFalse(rooted.is_mount_point(chroot))
        self.assertTrue(rooted.is_mount_point(chroot + "25 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"))


class Seeds(unittest.TestCase):
    def seed_when_git(self, **does) -> str:
        with unittest.mock.patch.object(stages.subprocess, "run", **does):
            return stages.test_seed()

    def test_random_orders_start_at_the_commit(self):
        said = subprocess.CompletedProcess([], 0, stdout="00000000000002a7" + "f" * 24 + "\n")
        self.assertEqual(self.seed_when_git(return_value=said), str(0x2a))

    def test_without_git_or_outside_of_a_clone_they_start_somewhere_all_the_same(self):
        self.assertEqual(self.seed_when_git(side_effect=FileNotFoundError("git")), "1")
        self.assertEqual(self.seed_when_git(return_value=subprocess.CompletedProcess([], 128, stdout="")), "1")


class Disks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "d.raw"
        self.addCleanup(self.folder.cleanup)

    def test_a_blank_disk_takes_no_room(self):
        disk.blank(self.path, 10 << 30)
        self.assertEqual(self.path.stat().st_size, 10 << 30)
        self.assertEqual(self.path.stat().st_blocks, 0)

    def test_one_changed_byte_changes_the_digest(self):
        disk.with_random_bytes(self.path, 64 * MIB, 33 * MIB)
        before = disk.digest(self.path)
        self.assertEqual(before, disk.digest(self.path))
        with self.path.open("r+b") as file:
            file.seek(50 * MIB)
            file.write(b"x")
        self.assertNotEqual(before, disk.digest(self.path))

    def test_written_zeros_are_the_same_as_a_hole(self):
        disk.blank(self.path, 8 * MIB)
        before = disk.digest(self.path)
        with self.path.open("r+b") as file:
            file.write(bytes(MIB))
        self.assertEqual(before, disk.digest(self.path))

    def test_a_used_disk_holds_an_ext4_with_a_file(self):
        disk.with_ext4(self.path, 64 * MIB)
        self.assertEqual(self.path.read_bytes()[1080:1082], b"\x53\xef")


class Drives(unittest.TestCase):
    def test_a_slot_keeps_its_place_whatever_is_in_the_others(self):
        for controller, name in (("virtio", "by-id/virtio-disk-px01"), ("nvme", "by-id/nvme-QEMU_NVMe_Ctrl_disk-px01"),
                                 ("sata", "by-id/ata-QEMU_HARDDISK_disk-px01")):
            drive = Drive(Path("/d.raw"), "disk-px01", controller)
            self.assertEqual(drive.by_id(), name)
            first, second = (" ".join(drive.arguments(slot)) for slot in (0, 1))
            self.assertIn("serial=disk-px01", first)
            self.assertNotEqual(first.split("-device")[1].split("drive=")[0], second.split("-device")[1].split("drive=")[0])


def frame_of(port: int, payload: bytes) -> bytes:
    """Ethernet, IPv4 and UDP headers, checksums zero, around a payload."""
    udp = (68).to_bytes(2, "big") + port.to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big") + b"\xab\xcd" + payload
    ip = b"\x45\0" + (20 + len(udp)).to_bytes(2, "big") + bytes(5) + b"\x11" + bytes(2) + bytes([10, 0, 0, 1, 10, 0, 0, 2])
    return b"\xff" * 6 + bytes([2, 0, 0, 0, 0, 1]) + b"\x08\0" + ip + udp


class Packets(unittest.TestCase):
    request = bytes(236) + b"\x63\x82\x53\x63" + b"\x35\x01\x01" + b"\x4d\x04iPXE" + b"\0" + b"\x0c\x01h" + b"\xaf\x01\x01\xff"

    def test_a_captured_datagram_names_its_ends(self):
        seen = capture.datagram(frame_of(67, b"hello"))
        self.assertEqual(seen, {"from": "10.0.0.1:68", "to": "10.0.0.2:67", "mac": "02:00:00:00:00:01", "payload": b"hello".hex()})
        self.assertIsNone(capture.datagram(frame_of(67, b"hello")[:30]))

    def test_the_cable_hides_what_ipxe_says_of_itself_and_nothing_else(self):
        frame = frame_of(67, self.request)
        carried = cable.without_ipxe(frame)
        self.assertEqual(len(carried), len(frame))
        self.assertNotIn(b"iPXE", carried)
        self.assertEqual([code for code, _ in test_client_packets.options_of(carried[42:])], [0x35, 0x0C])
        self.assertEqual(carried[40:42], b"\0\0")
        other = frame_of(69, self.request)
        self.assertEqual(cable.without_ipxe(other), other)


class Archives(unittest.TestCase):
    def test_cpio_reads_what_newc_writes(self):
        with tempfile.TemporaryDirectory() as name:
            tree = Path(name) / "tree"
            (tree / "bin").mkdir(parents=True)
            (tree / "bin/program").write_text("text")
            (tree / "bin/program").chmod(0o755)
            (tree / "bin/link").symlink_to("program")
            data = archive(tree)
            self.assertEqual(data, archive(tree))
            names = subprocess.run(["cpio", "-t", "--quiet"], input=data, capture_output=True, check=True).stdout.decode().split()
        self.assertEqual(names, ["dev", "dev/console", "bin", "bin/link", "bin/program"])

    def test_a_second_archive_brings_nothing_that_the_first_one_has(self):
        with tempfile.TemporaryDirectory() as name:
            first, second = Path(name) / "first", Path(name) / "second"
            for tree, files in ((first, ("libc.so.6", "mdadm")), (second, ("libc.so.6", "lvm"))):
                (tree / "lib64").mkdir(parents=True)
                for file in files:
                    (tree / "lib64" / file).write_text(file)
            without(second, first)
            self.assertEqual([path.name for path in second.rglob("*") if path.is_file()], ["lvm"])


class Packages(unittest.TestCase):
    def test_every_package_has_one_group(self):
        files = [Path(f"{name}_1_amd64.deb") for name in ("libc6", "bash", "zlib1g", "libfoo1", "nix-bin")]
        self.assertEqual(grouped(files), {"glibc": ["libc6"], "tools": ["bash"], "libraries": ["zlib1g", "libfoo1"],
                                          "nix": ["nix-bin"]})

    def test_sbin_is_folded_into_bin(self):
        self.assertEqual(store_tree_place(Path("sbin/sshd")), Path("bin/sshd"))
        self.assertEqual(store_tree_place(Path("lib/x/sbin/y")), Path("lib/x/sbin/y"))


class Serial(unittest.TestCase):
    def test_control_codes_are_dropped_and_lines_found(self):
        with tempfile.TemporaryDirectory() as name:
            log = SerialLog(io.BufferedReader(io.BytesIO(b"\x1b[2J\x1b[01;01HBdsDxe: starting\r\nstage 1: 6.1\r\n")), Path(name) / "log")
            log.wait_for("^stage 1: 6", 5)
            self.assertEqual(log.lines[0][1], "BdsDxe: starting")
            with self.assertRaises(TimeoutError):
                log.wait_for("login", 5)


class Summaries(unittest.TestCase):
    def test_ctests_own_words_are_read(self):
        found = stages.SUMMARY.search("97% tests passed, 1 tests failed out of 31")
        self.assertEqual(found.groups(), ("1", "31"))

    def test_what_passed_is_kept_beside_what_another_run_keeps_and_forgotten_with_the_source(self):
        with tempfile.TemporaryDirectory() as name, unittest.mock.patch.object(stages, "PASSED", Path(name) / "passed.json"):
            self.assertEqual(stages.passed_before("a"), {})
            for stage in ("one", "two", "one"):
                stages.keep_row("a", {"name": stage, "failed": 0})
            self.assertEqual(sorted(stages.passed_before("a")), ["one", "two"])
            stages.keep_row("a", {"name": "one", "failed": 1})
            self.assertEqual(sorted(stages.passed_before("a")), ["two"])
            self.assertEqual(stages.passed_before("b"), {})
            stages.keep_row("b", {"name": "three", "failed": 0})
            self.assertEqual((sorted(stages.passed_before("b")), stages.passed_before("a")), (["three"], {}))


if __name__ == "__main__":
    unittest.main()
