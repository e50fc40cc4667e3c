#include "landscaper/job/gate.hpp"

#include "landscaper/job/life.hpp"
#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;

namespace {

const ledger::id128 older{6};

install::disk_facts disk(const std::string& path, const std::string& wwid) {
    install::disk_facts out;
    out.path = path;
    out.wwid = wwid;
    out.by_id = {"/dev/disk/by-id/ata-" + wwid, "/dev/disk/by-id/wwn-" + wwid};
    out.size = std::uint64_t{20} << 30;
    return out;
}

install::install_plan plan() {
    install::install_plan p;
    p.host = id;
    p.nonce = nonce;
    p.disks = {disk("/dev/sda", "A"), disk("/dev/sdb", "B")};
    return p;
}

}  // namespace

TEST_CASE("a pattern names each disk once, and one that names none is a person's") {
    install::facts machine;
    machine.disks = {disk("/dev/sda", "A"), disk("/dev/sdb", "B")};
    inventory::disk_wish wish;
    wish.matches = {"*-A"};
    auto chosen = choose_disks(wish, machine);
    REQUIRE(chosen);
    CHECK(chosen->chosen.size() == 1);
    CHECK(chosen->others.size() == 1);
    wish.matches = {"nvme-*"};
    auto none = choose_disks(wish, machine);
    REQUIRE_FALSE(none);
    CHECK(none.error().code() == install::install_errc::hold);
    CHECK(none.error().context().find("correct the inventory") != std::string::npos);
}

TEST_CASE("the gate is asked what the ledger says of this attempt, and of the installation before it") {
    auto m = fresh_host();
    apply(m, ledger::marker_written{id, {"wwid:old", true, older, 50}});
    auto p = plan();
    auto before = gate_question(m.hosts[id], p, inventory::wipe_policy::own, std::nullopt);
    CHECK_FALSE(before.ledger.marker_intended);
    CHECK(before.ledger.installed_nonce == older);
    for (const auto& change : opening(m.hosts[id], p, 200)) apply(m, change);
    auto after = gate_question(m.hosts[id], p, inventory::wipe_policy::own, std::nullopt);
    CHECK(after.ledger.marker_intended);
    CHECK(after.ledger.marked == std::vector<std::string>{"wwid:A", "wwid:B"});
    CHECK_FALSE(after.ledger.finish_intended);
    CHECK_FALSE(may_destroy(m.hosts[id]));
    for (const auto& change : finishing(m.hosts[id], p, 300)) apply(m, change);
    CHECK(m.hosts[id].is_installed());
}

TEST_CASE("only a grant of this attempt lets disko destroy") {
    auto m = fresh_host();
    auto p = plan();
    p.destroy = true;
    for (const auto& change : opening(m.hosts[id], p, 200)) apply(m, change);
    CHECK(may_destroy(m.hosts[id]));
    apply(m, ledger::attempt_started{id, {8}, 300});
    CHECK_FALSE(may_destroy(m.hosts[id]));
}

TEST_CASE("a gate that holds says what a person can do, unless nothing would open it") {
    auto m = fresh_host();
    auto p = plan();
    p.evidence = {{.path = "/dev/sda", .identity = "wwid:A"}};
    auto said = [&](inventory::wipe_policy policy, std::optional<install::grant> given = {}) {
        return remedy(gate_question(m.hosts[id], p, policy, std::move(given)), "px01");
    };
    CHECK(said(inventory::wipe_policy::blank).find("write `wipe: any`") != std::string::npos);
    CHECK(said(inventory::wipe_policy::any).find("landscaper arm px01") != std::string::npos);
    CHECK(said(inventory::wipe_policy::any, install::grant{id, 1, {}, false}).find("expired") !=
          std::string::npos);
    CHECK(said(inventory::wipe_policy::any, install::grant{id, 1, {}, true}).find("does not cover") !=
          std::string::npos);
    CHECK(said(inventory::wipe_policy::never).empty());
    p.evidence[0].holders = {"/dev/md0"};
    CHECK(said(inventory::wipe_policy::any).empty());
}

TEST_CASE("a layout is for as many disks as its author meant, whatever a pattern fits") {
    using inventory::disk_layout;
    auto fits = [](disk_layout layout, std::size_t count) {
        inventory::disk_wish wish;
        wish.layout = layout;
        return check_count(wish, count).has_value();
    };
    for (auto layout : {disk_layout::single_ext4, disk_layout::btrfs}) {
        CHECK(fits(layout, 1));
        CHECK_FALSE(fits(layout, 2));
    }
    for (auto layout : {disk_layout::mdadm_raid1, disk_layout::zfs_mirror}) {
        CHECK_FALSE(fits(layout, 1));
        CHECK(fits(layout, 2));
        CHECK(fits(layout, 3));
    }
    CHECK(fits(disk_layout::lvm_thin, 1));
    CHECK(fits(disk_layout::lvm_thin, 2));
    inventory::disk_wish wish;
    auto why = check_count(wish, 2).error();
    CHECK(why.code() == install::install_errc::hold);
    CHECK(why.context() == "layout single-ext4 is for one disk, and 2 are meant by the inventory; name them");
}

TEST_CASE("a server that boots by the other firmware than declared is a person's, by line") {
    inventory::host declared;
    declared.name = "px01";
    declared.lines.by_key = {{"", 4}, {"firmware", 7}};
    CHECK(check_firmware(declared, install::firmware::uefi));
    auto why = check_firmware(declared, install::firmware::bios).error();
    CHECK(why.code() == install::install_errc::hold);
    CHECK(why.context() ==
          "inventory.yaml:7: the server boots by BIOS, and px01 is declared with `firmware: uefi`; write "
          "`firmware: bios` for it, or choose UEFI in the server's set-up");
    declared.firmware = inventory::firmware_kind::bios;
    CHECK(check_firmware(declared, install::firmware::bios));
    CHECK(check_firmware(declared, install::firmware::uefi).error().context().find("boots by UEFI") !=
          std::string::npos);
}

TEST_CASE("a BIOS starts from no disk whose sectors are larger than 512 bytes") {
    std::vector<install::disk_facts> disks{disk("/dev/sda", "A"), disk("/dev/sdb", "B")};
    CHECK(check_sectors(install::firmware::bios, disks));
    disks[1].sector = 4096;
    CHECK(check_sectors(install::firmware::uefi, disks));
    auto why = check_sectors(install::firmware::bios, disks).error();
    CHECK(why.code() == install::install_errc::hold);
    CHECK(why.context().starts_with("disk /dev/sdb has sectors of 4096 bytes"));
}

TEST_CASE("no permission opens the gate to half a set, and none is asked for") {
    auto m = fresh_host();
    auto p = plan();
    p.evidence = {{.path = "/dev/sda", .identity = "wwid:A"}};
    p.disks[0].signatures = {{"/dev/sda", 4096, "linux_raid_member", "nas:0", "u1"}};
    p.others = {disk("/dev/sdc", "C")};
    p.others[0].signatures = {{"/dev/sdc", 4096, "linux_raid_member", "nas:0", "u1"}};
    auto asked = gate_question(m.hosts[id], p, inventory::wipe_policy::any, std::nullopt);
    REQUIRE(asked.joined);
    CHECK(asked.joined->find("/dev/sdc") != std::string::npos);
    CHECK(remedy(asked, "px01").empty());
}
