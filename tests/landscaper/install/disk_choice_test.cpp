#include "landscaper/install/disk_choice.hpp"

#include <doctest/doctest.h>

#include "machine.hpp"

using namespace landscaper;
using namespace landscaper::install;
using install_test::disk;
using install_test::machine;

namespace {

std::string paths(const std::variant<disk_choice, hold>& c) {
    if (auto* no = std::get_if<hold>(&c)) return "HOLD " + no->reason;
    std::string out;
    for (const auto& d : std::get<disk_choice>(c).chosen) out += d.path + " ";
    out += "|";
    for (const auto& d : std::get<disk_choice>(c).others) out += " " + d.path;
    return out;
}

bool holds(const std::variant<disk_choice, hold>& c, std::string_view why) {
    auto text = paths(c);
    CAPTURE(text);
    bool right = text.starts_with("HOLD ") && text.find(why) != text.npos;
    CHECK(right);
    return right;
}

}  // namespace

TEST_CASE("without a wish the one fixed disk is taken, sticks and small disks are left alone") {
    auto stick = disk("/dev/sdb", "STICK");
    stick.transport = "usb";
    auto small = disk("/dev/sdc", "SMALL");
    small.size = 1 << 30;
    auto card = disk("/dev/mmcblk0", "CARD");
    card.removable = true;
    auto locked = disk("/dev/sdd", "LOCKED");
    locked.read_only = true;
    CHECK(paths(choose_disks(machine({stick, disk("/dev/sda", "A"), small, card, locked}), {})) ==
          "/dev/sda | /dev/sdb /dev/sdc /dev/mmcblk0 /dev/sdd");
}

TEST_CASE("two disks that could be meant are HOLD with the list") {
    auto c = choose_disks(machine({disk("/dev/sda", "A"), disk("/dev/sdb", "B")}), {});
    holds(c, "2 disks could be meant");
    holds(c, "/dev/sda 20 GiB QEMU HARDDISK serial A sata; /dev/sdb");
    holds(choose_disks(machine({}), {}), "no disk was seen; look for a controller in RAID or VMD mode");
}

TEST_CASE("disks are named by path or by id, in the order of the wish") {
    auto m = machine({disk("/dev/sda", "A"), disk("/dev/sdb", "B"), disk("/dev/sdc", "C")});
    disk_wish wish;
    wish.devices = {"by-id/ata-C", "/dev/sda"};
    CHECK(paths(choose_disks(m, wish)) == "/dev/sdc /dev/sda | /dev/sdb");
    wish = {};
    wish.serials = {"B"};
    CHECK(paths(choose_disks(m, wish)) == "/dev/sdb | /dev/sda /dev/sdc");
    wish.serials = {"Z"};
    holds(choose_disks(m, wish), "the disk with serial 'Z' is not there");
    wish.serials = {"B"};
    wish.devices = {"/dev/sdb"};
    holds(choose_disks(m, wish), "named twice");
}

TEST_CASE("a match takes its count of disks or none") {
    auto nvme = disk("/dev/nvme0n1", "N");
    nvme.transport = "nvme";
    auto m = machine({disk("/dev/sda", "A"), disk("/dev/sdb", "B"), nvme});
    disk_wish wish;
    wish.match = disk_wish::matcher{};
    wish.match->transport = "sata";
    wish.match->count = 2;
    CHECK(paths(choose_disks(m, wish)) == "/dev/sda /dev/sdb | /dev/nvme0n1");
    wish.match->count = 1;
    holds(choose_disks(m, wish), "fits 2 disks, not 1");
    wish.match->min_size = std::uint64_t{1} << 40;
    holds(choose_disks(m, wish), "fits 0 disks");
}

TEST_CASE("multipath counts once, and no path of a chosen disk is another disk") {
    auto a = disk("/dev/sda", "A"), b = disk("/dev/sdb", "A");
    a.wwid = b.wwid = "naa.5000c500a1b2c3d4";
    CHECK(paths(choose_disks(machine({a, b}), {})) == "/dev/sda |");
}

TEST_CASE("a named disk that cannot be used is HOLD") {
    auto bad = disk("/dev/sda", "A");
    bad.errors = {"input/output error"};
    disk_wish wish;
    wish.devices = {"/dev/sda"};
    holds(choose_disks(machine({bad}), wish), "cannot be read: input/output error");
}

TEST_CASE("disks that bear the same numbers are not one disk, and none of them is taken") {
    // No path of a multipath disk is without a WWID, and all paths tell the same of it.
    auto a = disk("/dev/sda", "0123456789"), b = disk("/dev/sdb", "0123456789");
    b.by_id.clear();
    auto other = disk("/dev/sdc", "C");
    holds(choose_disks(machine({a, b}), {}), "2 disks could be meant");
    disk_wish wish;
    wish.devices = {"by-id/ata-0123456789"};
    holds(choose_disks(machine({a, b, other}), wish),
          "disks /dev/sda and /dev/sdb bear the same numbers and cannot be told apart");
    wish.devices = {"/dev/sdb"};
    holds(choose_disks(machine({a, b, other}), wish), "cannot be told apart");
    wish.devices = {"/dev/sdc"};
    CHECK(paths(choose_disks(machine({a, b, other}), wish)) == "/dev/sdc | /dev/sda /dev/sdb");
    wish.devices.clear();
    wish.serials = {"0123456789"};
    holds(choose_disks(machine({a, b, other}), wish), "fits more than one disk");
    // The same made-up WWID on drives that are otherwise different.
    a.wwid = b.wwid = "naa.5000000000000000";
    b.serial = "9876543210";
    wish = {};
    wish.devices = {"/dev/sda"};
    holds(choose_disks(machine({a, b}), wish), "cannot be told apart");
}
