#include "landscaper/install/step.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "landscaper/base/hex.hpp"
#include "landscaper/install/system.hpp"
#include "machine.hpp"

using namespace landscaper;
using namespace landscaper::install;
namespace fs = std::filesystem;

namespace {

const std::string base = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-base";

install_plan plan() {
    install_plan p;
    p.name = "px01";
    p.rack.fill(1);
    p.host.fill(2);
    p.nonce.fill(3);
    p.key_id.fill(9);
    p.attempt = 5;
    p.now = 1700000000;
    p.host_json = R"({"name":"px01's"})";
    p.authorized_keys = "ssh-ed25519 AAAAclient landscaper";
    p.temporary_key = "ssh-ed25519 AAAAtemporary";
    p.cache_url = "http://10.0.0.2:8069/cache";
    p.cache_key = "landscaper-r:AAAA";
    p.base = base;
    p.disks = {install_test::disk("/dev/sda", "A")};
    p.others = {install_test::disk("/dev/sdb", "B")};
    p.layout = {"echo DESTROY", "echo FORMAT", "echo MOUNT", "echo UNMOUNT", "a test"};
    p.boot_id = "11111111-2222-3333-4444-555555555555";
    return p;
}

const install_step& row(std::string_view name) {
    return *ssh::find_step<install_plan>(install_steps(), name);
}

std::string marker_line(const install_plan& p, marker_state state, const std::string& disk) {
    marker m{state, p.rack, p.host, p.nonce, p.key_id, p.now + 5};
    return "landscaper-proof marker " + disk + " " + to_hex(encode(m)) + "\n";
}

int shell(const std::string& command) {
    return WEXITSTATUS(std::system(command.c_str()));
}

std::string output_of(const std::string& command) {
    std::string out;
    auto* pipe = ::popen(command.c_str(), "r");
    char buffer[4096];
    while (auto count = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, count);
    ::pclose(pipe);
    return out;
}

}  // namespace

TEST_CASE("the steps come in the order of contract 1, in phases of contract 7") {
    std::string names;
    const std::set<std::string_view> phases{"installer", "gate", "format", "copy", "loader", "reboot"};
    for (const auto& step : install_steps()) {
        names += std::string(step.name) + " ";
        CHECK(phases.contains(step.phase));
        CHECK_FALSE(step.intent.empty());
    }
    CHECK(names ==
          "clock facts evidence marker format copy profile files loader boot_order unmount finish reboot "
          "installed ");
}

TEST_CASE("every script is valid shell text, for bash and for a POSIX shell") {
    std::string pattern = "/tmp/landscaper-script-XXXXXX";
    fs::path folder = ::mkdtemp(pattern.data());
    auto check = [&](std::string_view name, const std::string& script) {
        CAPTURE(name);
        std::ofstream(folder / "script") << script;
        CHECK(shell("bash -n " + (folder / "script").string()) == 0);
        CHECK(shell("sh -n " + (folder / "script").string()) == 0);
    };
    for (bool destroy : {false, true}) {
        auto p = plan();
        p.destroy = destroy;
        for (const auto& step : install_steps()) check(step.name, step.script(p));
    }
    for (bool reboot : {false, true}) {
        system_plan p;
        p.needs_reboot = reboot;
        for (const auto& step : system_steps()) check(step.name, step.script(p));
    }
    fs::remove_all(folder);
}

TEST_CASE(
    "no step but the installed system's own look runs outside the installer and the boot that was seen") {
    for (const auto& step : install_steps()) {
        auto script = step.script(plan());
        CAPTURE(step.name);
        if (step.name == "installed") continue;
        CHECK(script.find("VARIANT_ID=") != script.npos);
        CHECK(script.find("11111111-2222-3333-4444-555555555555") != script.npos);
    }
}

TEST_CASE("disks that were not chosen are made read-only before anything is written") {
    for (const char* name : {"marker", "format", "copy", "loader", "finish"}) {
        auto script = row(name).script(plan());
        CAPTURE(name);
        auto guard = script.find("blockdev --setro '/dev/sdb'");
        CHECK(guard != script.npos);
        CHECK(guard < script.find("/dev/sda'"));
        CHECK(script.find("--setro '/dev/sda'") == script.npos);
    }
}

TEST_CASE("disko's destroy runs with a grant only") {
    auto p = plan();
    CHECK(row("format").script(p).find("DESTROY") == std::string::npos);
    p.destroy = true;
    CHECK(row("format").script(p).find("DESTROY") != std::string::npos);
}

TEST_CASE("a text with quotes stays a text") {
    CHECK(row("files").script(plan()).find(R"('{"name":"px01'\''s"}')") != std::string::npos);
}

TEST_CASE("a marker is proven by the bytes read back from every chosen disk") {
    auto p = plan();
    p.disks.push_back(install_test::disk("/dev/sdc", "C"));
    auto first = marker_line(p, marker_state::open, "/dev/sda"),
         second = marker_line(p, marker_state::open, "/dev/sdc");
    auto proof = row("marker").prove(p, first + second);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    CHECK(*proof ==
          R"({"open":["serial:QEMU HARDDISK/A/21474836480","serial:QEMU HARDDISK/C/21474836480"]})");
    CHECK_FALSE(row("marker").prove(p, first).has_value());
    CHECK_FALSE(row("finish").prove(p, first + second).has_value());
    auto other = p;
    other.nonce.fill(4);
    CHECK_FALSE(row("marker").prove(other, first + second).has_value());
}

TEST_CASE("facts and evidence survive the ledger") {
    auto p = plan();
    auto proof = row("facts").prove(p, install_test::virtual_server);
    REQUIRE(proof.has_value());
    REQUIRE(row("facts").learn(p, *proof).has_value());
    p.disks = p.machine.disks;
    auto line = R"({"version":1,"device":"/dev/vda","blank":true,"reason":null,"size":21474836480,"seed":")" +
                to_text(p.nonce) + R"(","signatures":[],"partitions":[],"holders":[],"marker":null})" + "\n";
    proof = row("evidence").prove(p, line);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    REQUIRE(row("evidence").learn(p, *proof).has_value());
    REQUIRE(p.evidence.size() == 1);
    CHECK(p.evidence[0].blank);
}

TEST_CASE("boot partitions are learnt, and warnings of the firmware do not fail the step") {
    auto p = plan();
    std::string esp = "landscaper-proof esp /dev/sda 1 0f0e0d0c-1111-2222-3333-444444444444 /boot\n";
    auto proof = row("boot_order").prove(p, esp + "landscaper-proof warning BootNext cannot be set\n");
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    CHECK(proof->find("BootNext cannot be set") != std::string::npos);
    REQUIRE(row("boot_order").learn(p, *proof).has_value());
    CHECK(p.esps ==
          std::vector<install::esp>{{"/dev/sda", 1, "0f0e0d0c-1111-2222-3333-444444444444", "/boot"}});
    CHECK_FALSE(row("boot_order").prove(p, "").has_value());
    CHECK_FALSE(row("boot_order").prove(p, "landscaper-proof esp /dev/sda x y /boot\n").has_value());
    p.machine.firmware = firmware::bios;
    CHECK(row("boot_order").prove(p, "").has_value());
}

TEST_CASE("the installed system is proven by another boot, this base and this host's file") {
    auto p = plan();
    auto files =
        row("files").prove(p, "landscaper-proof host_json " + to_hex(sha256(as_bytes(p.host_json + "\n"))) +
                                  "\nlandscaper-proof host_key " + p.temporary_key + "\n");
    CHECK(files.has_value());
    std::string good =
        "landscaper-proof variant \nlandscaper-proof boot_id aaaaaaaa-2222-3333-4444-555555555555\n"
        "landscaper-proof booted " +
        base + "\nlandscaper-proof root /dev/sda2\nlandscaper-proof host_json " +
        to_hex(sha256(as_bytes(p.host_json + "\n"))) + "\n";
    auto proof = row("installed").prove(p, good);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    for (auto [from, to] : {std::pair<std::string, std::string>{"variant ", "variant installer"},
                            {"aaaaaaaa", "11111111"},
                            {"system-base", "system-other"},
                            {"host_json ", "host_json 0"}}) {
        auto output = good;
        output.replace(output.find(from), from.size(), to);
        CAPTURE(output);
        CHECK_FALSE(row("installed").prove(p, output).has_value());
    }
}

TEST_CASE("what cannot fit is refused with the figures") {
    auto p = plan();
    p.machine.ram = std::uint64_t{2} << 30;
    CHECK(check_room(p).has_value());
    p.machine.ram = std::uint64_t{512} << 20;
    CHECK(check_room(p).error().context() == "RAM 512 MiB, needed 900 MiB");
    p.machine.ram = std::uint64_t{2} << 30;
    p.base_bytes = std::uint64_t{10} << 30;
    CHECK(check_room(p).error().context() == "disk /dev/sda 20480 MiB, needed 22528 MiB");
}

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
        auto p = ::plan();
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
    auto stub = [&](const char* name, const std::string& text) {
        std::ofstream(disk.root / "bin" / name) << "#!/bin/sh\n" << text << "\n";
        fs::permissions(disk.root / "bin" / name, fs::perms::owner_all);
    };
    p.layout.format = p.layout.mount = "true";
    stub("lsblk", "case $* in *NAME,TYPE*) echo 'sdx disk'; echo 'sdx1 part'; echo 'sdx2 part' ;; esac");
    stub("blkid", "case $* in *sdx1) echo c12a7328-f81f-11d2-ba4b-00a0c93ec93b ;; *) echo 0fc63daf ;; esac");
    stub("mountpoint", "exit 0");
    stub("findmnt", "case $* in *vfat*) ;; *) echo /mnt /dev/sdx2 ext4 ;; esac");
    CHECK(disk.run(row("format").script(p)) == 1);
    CHECK(disk.text("err").find("did not mount /dev/sdx1, an EFI system partition of " + disk.device) !=
          std::string::npos);
    stub("findmnt", "case $* in *vfat*) echo /dev/sdx1 ;; *) echo /mnt /dev/sdx2 ext4 ;; esac");
    CHECK_MESSAGE(disk.run(row("format").script(p)) == 0, disk.text("err"));
}
