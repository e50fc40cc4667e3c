#include "landscaper/install/joined.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"

namespace landscaper::install {

namespace {

// Types as libblkid names them: linux, ddf and isw (Intel's firmware RAID) among the arrays.
bool is_member(const signature& of) {
    constexpr std::string_view others[] = {"LVM1_member", "LVM2_member", "zfs_member", "btrfs",
                                           "bcachefs",    "bcache",      "stratis"};
    return of.type.ends_with("_raid_member") || std::ranges::find(others, of.type) != std::end(others);
}

bool may_be_one_set(const signature& a, const signature& b) {
    return is_member(a) && a.type == b.type && (a.set == b.set || a.set.empty() || b.set.empty());
}

}  // namespace

std::optional<std::string> joined_to_others(const std::vector<disk_facts>& chosen,
                                            const std::vector<disk_facts>& others) {
    for (const auto& disk : chosen) {
        for (const auto& mine : disk.signatures) {
            for (const auto& other : others) {
                auto found = std::ranges::find_if(
                    other.signatures, [&](const signature& theirs) { return may_be_one_set(mine, theirs); });
                if (found == other.signatures.end()) continue;
                auto name = mine.label.empty() ? std::string() : " '" + mine.label + "'";
                return "disk " + disk.path + ": " + text::printable(mine.type + name, 100) + " on " +
                       mine.device + " is part of a set that " + found->device +
                       " belongs to, and that disk was not chosen: name it too, or take it out";
            }
        }
    }
    return std::nullopt;
}

}  // namespace landscaper::install
