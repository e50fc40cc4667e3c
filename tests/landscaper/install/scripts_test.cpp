#include "landscaper/install/scripts.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "plans.hpp"

using namespace landscaper;
using namespace landscaper::install;
using install_test::row;
namespace fs = std::filesystem;

namespace {

// A loop device that the real scripts of marker and finish run against, in a mount table where
// /etc/os-release says that this is the installer, with the installer's own landscaper-blank.
struct loop_disk {
    fs::path root, source = fs::canonical(fs::path(__FILE__)).parent_path();
    std::string device;

    loop_disk() {
        std::string pattern = "/tmp/landscaper-loop-XXXXXX";
        root = ::mkdtemp(pattern.data());
        auto tools = source / "../../../iso/installer";
        fs::create_directories(root / "bin");
        std::ofstream(root / "os-release") << "ID=landscaper\nVARIANT_ID=installer\n";
        bool built = ::geteuid() == 0 && shell("cc -O1 -o " + (root / "blank-scan").string() + " " +
                                               (tools / "blank.c").string() + " 2>/dev/null") == 0;
        built = built && shell("cp " + (tools / "root/usr/lib/landscaper/blank.jq").string() + " " +
                               (tools / "root/usr/bin/landscaper-blank").string() + " " + root.string()) == 0;
        built = built && shell("command -v jq wipefs lsblk losetup unshare >/dev/null") == 0;
        if (!built) return;
        fs::rename(root / "landscaper-blank", root / "bin/landscaper-blank");
        fs::resize_file((std::ofstream(root / "image"), root / "image"), std::uint64_t{64} << 20);
        device = output_of("losetup -f --show " + (root / "image").string() + " 2>/dev/null");
        if (!device.empty()) device.pop_back();
    }
    ~loop_disk() {
        if (!device.empty()) shell("losetup -d " + device);
        fs::remove_all(root);
    }
    install_plan plan() const {
        auto p = install_test::plan();
        disk_facts d;
        d.path = device;
        d.size = std::uint64_t{64} << 20;
        p.disks = {d};
        p.others.clear();
        p.boot_id = output_of("cat /proc/sys/kernel/random/boot_id");
        p.boot_id.pop_back();
        return p;
    }
    // The script's exit status; its output in `root/out`.
    int run(const std::string& script) const {
        std::ofstream(root / "script") << script;
        return shell("unshare -m sh -c 'mount --make-rprivate / && mount --bind " +
                     (root / "os-release").string() + " /etc/os-release && PATH=" + (root / "bin").string() +
                     ":$PATH LANDSCAPER_LIBRARY=" + root.string() + " exec bash " +
                     (root / "script").string() + "' >" + (root / "out").string() + " 2>" +
                     (root / "err").string());
    }
    // A program that the scripts find before the machine's own.
    void stub(const char* name, const std::string& body) const {
        std::ofstream(root / "bin" / name) << "#!/bin/sh\n" << body << "\n";
        fs::permissions(root / "bin" / name, fs::perms::owner_all);
    }
    std::string text(const char* name) const {
        std::ifstream in(root / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

#define SKIP_WITHOUT(DISK)                                                                   \
    if (DISK.device.empty()) {                                                               \
        MESSAGE("skipped: needs root, a C compiler, jq, util-linux and a free loop device"); \
        return;                                                                              \
    }

}  // namespace

TEST_CASE("the real scripts mark a blank disk, mark it again, and finish it") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    REQUIRE_MESSAGE(disk.run(row("evidence").script(p)) == 0, disk.text("err"));
    auto evidence = row("evidence").prove(p, disk.text("out"));
    REQUIRE_MESSAGE(evidence.has_value(), evidence.error().message());
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    auto proof = row("marker").prove(p, disk.text("out"));
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    // landscaper was killed before it read the proof, and asks again later.
    p.now += 100;
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    CHECK(row("marker").prove(p, disk.text("out")).has_value());
    REQUIRE_MESSAGE(disk.run(row("finish").script(p)) == 0, disk.text("err"));
    CHECK(row("finish").prove(p, disk.text("out")).has_value());
    // From here on the disk is no blank one to anybody, this attempt included.
    CHECK(disk.run(row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("is not blank any more") != std::string::npos);
}

TEST_CASE("a disk that changed between the gate and the write is left byte for byte") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    shell("printf precious | dd of=" + disk.device + " bs=1 seek=5000000 conv=notrunc status=none");
    auto before = output_of("sha256sum <" + (disk.root / "image").string());
    CHECK(disk.run(row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("data at offset 5000000") != std::string::npos);
    shell("sync");
    CHECK(output_of("sha256sum <" + (disk.root / "image").string()) == before);
}

TEST_CASE("a disk in use, of another size, or on a host that was started again is not written") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto before = output_of("sha256sum <" + (disk.root / "image").string());
    auto p = disk.plan();
    p.disks[0].size += 512;
    CHECK(disk.run(row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("another size than before") != std::string::npos);
    p = disk.plan();
    p.disks[0].serial = "S";
    CHECK(disk.run(row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("another serial number") != std::string::npos);
    p = disk.plan();
    p.boot_id = "11111111-2222-3333-4444-555555555555";
    CHECK(disk.run(row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("started again") != std::string::npos);
    p = disk.plan();
    CHECK(disk.run("set -e\nmkdir -p " + disk.root.string() + "/held\nmkfs.ext4 -q " + disk.device +
                   "\nmount " + disk.device + " " + disk.root.string() + "/held\n" +
                   row("marker").script(p)) == 1);
    CHECK(disk.text("err").find("is in use") != std::string::npos);
    CHECK(before != "");
}

TEST_CASE("from the last look to the first write nobody else gets hold of the disk") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    // lsblk is asked for the serial number, between the look and the write.
    disk.stub("lsblk", disk.root.string() + "/blank-scan --exclusive " + disk.device + " x >" +
                           disk.root.string() + "/meanwhile");
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    CHECK(row("marker").prove(p, disk.text("out")).has_value());
    CHECK(disk.text("meanwhile").find("\"reason\":\"in use\"") != std::string::npos);
    CHECK(shell(disk.root.string() + "/blank-scan --exclusive " + disk.device + " x >/dev/null") == 0);
}

TEST_CASE("of several disks none is written unless all are still what they were") {
    loop_disk first, second;
    SKIP_WITHOUT(first);
    SKIP_WITHOUT(second);
    auto p = first.plan();
    p.disks.push_back(second.plan().disks[0]);
    shell("printf precious | dd of=" + second.device + " bs=1 seek=5000000 conv=notrunc status=none");
    CHECK(first.run(row("marker").script(p)) == 1);
    CHECK(first.text("err").find("disk " + second.device + " is not blank any more") != std::string::npos);
    CHECK(output_of("tr -d '\\0' <" + first.device).empty());
    shell("dd if=/dev/zero of=" + second.device + " bs=1 seek=5000000 count=8 conv=notrunc status=none");
    REQUIRE_MESSAGE(first.run(row("marker").script(p)) == 0, first.text("err"));
    CHECK(row("marker").prove(p, first.text("out")).has_value());
}

TEST_CASE("with a grant a disk with data is marked, and everything else on it is left to the layout") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    p.destroy = true;
    shell("printf precious | dd of=" + disk.device + " bs=1 seek=5000000 conv=notrunc status=none");
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    CHECK(row("marker").prove(p, disk.text("out")).has_value());
    CHECK(output_of("dd if=" + disk.device + " bs=1 skip=5000000 count=8 status=none") == "precious");
}

TEST_CASE("a format script stops at a disk without this attempt's marker") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    p.layout.format = "touch " + disk.root.string() + "/formatted";
    CHECK(disk.run(row("format").script(p)) == 1);
    CHECK(disk.text("err").find("does not carry this attempt's marker") != std::string::npos);
    CHECK_FALSE(fs::exists(disk.root / "formatted"));
}

TEST_CASE("a finish script leaves a disk without this attempt's marker byte for byte") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto before = output_of("sha256sum <" + (disk.root / "image").string());
    CHECK(disk.run(row("finish").script(disk.plan())) == 1);
    CHECK(disk.text("err").find("does not carry this attempt's marker") != std::string::npos);
    shell("sync");
    CHECK(output_of("sha256sum <" + (disk.root / "image").string()) == before);
}

TEST_CASE("a layout that leaves an EFI system partition unmounted is refused: its disk would get no loader") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    p.layout.format = p.layout.mount = "true";
    disk.stub("lsblk", "case $* in *NAME,TYPE*) echo 'sdx disk'; echo 'sdx1 part'; echo 'sdx2 part' ;; esac");
    disk.stub("blkid",
              "case $* in *sdx1) echo c12a7328-f81f-11d2-ba4b-00a0c93ec93b ;; *) echo 0fc63daf ;; esac");
    disk.stub("mountpoint", "exit 0");
    disk.stub("findmnt", "case $* in *vfat*) ;; *) echo /mnt /dev/sdx2 ext4 ;; esac");
    CHECK(disk.run(row("format").script(p)) == 1);
    CHECK(disk.text("err").find("did not mount /dev/sdx1, an EFI system partition of " + disk.device) !=
          std::string::npos);
    disk.stub("findmnt", "case $* in *vfat*) echo /dev/sdx1 ;; *) echo /mnt /dev/sdx2 ext4 ;; esac");
    CHECK_MESSAGE(disk.run(row("format").script(p)) == 0, disk.text("err"));
}

TEST_CASE("a disk that is gone meanwhile needs no protection and stops nothing") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    p.others = {install_test::disk("/dev/a-stick-that-was-pulled", "STICK")};
    CHECK_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
}

TEST_CASE("a program that leaves its last line open hides no proof") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    REQUIRE_MESSAGE(disk.run(row("marker").script(p)) == 0, disk.text("err"));
    p.layout.format = "printf 'formats ...'";
    p.layout.mount = "printf 'mounts ...'";
    disk.stub("mountpoint", "exit 0");
    disk.stub("findmnt", "case $* in *vfat*) ;; *) echo /mnt /dev/sdx2 ext4 ;; esac");
    REQUIRE_MESSAGE(disk.run(row("format").script(p)) == 0, disk.text("err"));
    CHECK(row("format").prove(p, disk.text("out")).has_value());
    for (const char* program : {"mount", "mkdir", "chmod", "umount"}) disk.stub(program, "exit 0");
    disk.stub("chroot", "printf 'installs the loader ...'");
    REQUIRE_MESSAGE(disk.run(row("loader").script(p)) == 0, disk.text("err"));
    CHECK(row("loader").prove(p, disk.text("out")).has_value());
}

TEST_CASE("firmware that keeps its boot entries to itself is a warning") {
    loop_disk disk;
    SKIP_WITHOUT(disk);
    auto p = disk.plan();
    disk.stub("findmnt", "echo /mnt/boot " + disk.device);
    disk.stub("blkid", "echo 0F0E0D0C-1111-2222-3333-444444444444");
    disk.stub("efibootmgr", "echo 'EFI variables are not supported on this system.' >&2; exit 2");
    // As on a machine with UEFI, and with an ESP where the loop device is.
    auto script = row("boot_order").script(p);
    auto replace = [&](const std::string& from, const std::string& to) {
        auto at = script.find(from);
        REQUIRE(at != script.npos);
        script.replace(at, from.size(), to);
    };
    replace("[ -d /sys/firmware/efi ]", "true");
    replace("read -r number 2>/dev/null <\"/sys/class/block/$name/partition\"", "number=1");
    CHECK_MESSAGE(disk.run(script) == 0, disk.text("err"));
    CHECK(disk.text("out").find("landscaper-proof warning the firmware does not let") != std::string::npos);
    CHECK(disk.text("out").find("landscaper-proof esp ") != std::string::npos);
}
