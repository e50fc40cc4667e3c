#include "landscaper/install/joined.hpp"

#include <doctest/doctest.h>

#include "landscaper/install/gate.hpp"
#include "machine.hpp"

using namespace landscaper;
using namespace landscaper::install;

namespace {

disk_facts member(std::string path, std::string type, std::string set, std::string label = "") {
    auto out = install_test::disk(path, path);
    out.signatures = {{path + "1", 4096, std::move(type), std::move(label), std::move(set)}};
    return out;
}

bool are_joined(const disk_facts& chosen, const disk_facts& other) {
    return joined_to_others({chosen}, {other}).has_value();
}

}  // namespace

TEST_CASE("a member of an array, pool or volume group that another disk is a member of is told") {
    for (const char* type : {"linux_raid_member", "LVM2_member", "zfs_member", "btrfs", "bcachefs",
                             "isw_raid_member", "ddf_raid_member"}) {
        CAPTURE(type);
        CHECK(are_joined(member("/dev/sda", type, "u1"), member("/dev/sdb", type, "u1")));
        CHECK_FALSE(are_joined(member("/dev/sda", type, "u1"), member("/dev/sdb", type, "u2")));
        // Who does not say which set it is of may be of this one.
        CHECK(are_joined(member("/dev/sda", type, "u1"), member("/dev/sdb", type, "")));
        CHECK(are_joined(member("/dev/sda", type, ""), member("/dev/sdb", type, "u2")));
    }
    auto why = joined_to_others(
        {member("/dev/sda", "linux_raid_member", "u1", "nas:0")},
        {install_test::disk("/dev/sdc", "C"), member("/dev/sdb", "linux_raid_member", "u1", "nas:0")});
    REQUIRE(why);
    CHECK(*why ==
          "disk /dev/sda: linux_raid_member 'nas:0' on /dev/sda1 is part of a set that /dev/sdb1 belongs to, "
          "and that disk was not chosen: name it too, or take it out");
}

TEST_CASE("what stands alone, and a set that is chosen whole, reach nowhere") {
    CHECK_FALSE(are_joined(member("/dev/sda", "ext4", "u1"), member("/dev/sdb", "ext4", "u1")));
    CHECK_FALSE(are_joined(member("/dev/sda", "gpt", ""), member("/dev/sdb", "gpt", "")));
    CHECK_FALSE(are_joined(member("/dev/sda", "btrfs", "u1"), member("/dev/sdb", "zfs_member", "u1")));
    CHECK_FALSE(joined_to_others(
        {member("/dev/sda", "linux_raid_member", "u1"), member("/dev/sdb", "linux_raid_member", "u1")},
        {install_test::disk("/dev/sdc", "C")}));
}
