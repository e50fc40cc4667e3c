// Which disks an installation may use (contract 4). Everything else stays untouched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/install/facts.hpp"

namespace landscaper::install {

// The `disk:` of a host. Without devices, serials and match, there must be exactly one candidate.
struct disk_wish {
    std::vector<std::string> devices;  // "by-id/...", "/dev/disk/by-id/...", "/dev/vda"; in layout order
    std::vector<std::string> serials;
    struct matcher {
        std::uint64_t min_size = 0;  // bytes
        std::uint64_t max_size = 0;  // bytes, 0 = no limit
        std::string transport;       // "nvme"; empty = any
        std::string model;           // part of the model's name; empty = any
        std::size_t count = 1;
        friend bool operator==(const matcher&, const matcher&) = default;
    };
    std::optional<matcher> match;
    friend bool operator==(const disk_wish&, const disk_wish&) = default;
};

inline constexpr std::uint64_t smallest_disk = std::uint64_t{8} << 30;  // bytes

struct disk_choice {
    std::vector<disk_facts> chosen;  // in the order of the wish
    std::vector<disk_facts> others;  // to be made read-only
};
// A person has to decide. The reason lists the disks that were seen.
struct hold {
    std::string reason;
    friend bool operator==(const hold&, const hold&) = default;
};

std::variant<disk_choice, hold> choose_disks(const facts& machine, const disk_wish& wish);

// "/dev/vda 20 GiB QEMU HARDDISK serial QM00001 (ext4)", for people.
std::string describe(const disk_facts& disk);

}  // namespace landscaper::install
