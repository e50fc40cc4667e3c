"""The rack's own parts that need no rack: run by tests/run with unittest."""

import io
import subprocess
import tempfile
import unittest
from pathlib import Path

from rack import disk, rooted, stages
from rack.serial_log import SerialLog
from rack.systems.newc import archive
from rack.systems.packages import grouped, store_tree_place

MIB = 1 << 20


class Roots(unittest.TestCase):
    def test_a_root_that_is_mounted_is_told_from_a_chroot(self):
        chroot = "36 25 0:31 / /proc rw,relatime shared:5 - proc proc rw\n"
        self.assertFalse(rooted.is_mount_point(chroot))
        self.assertTrue(rooted.is_mount_point(chroot + "25 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"))


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


if __name__ == "__main__":
    unittest.main()
