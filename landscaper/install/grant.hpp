// What `landscaper arm` allows, and its text in the runtime folder (contract 4). Pure: the time comes in.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/install/marker.hpp"

namespace landscaper::install {

// What `landscaper arm` allowed, once. Whether it is still live (CLOCK_BOOTTIME, not yet used) is read by the
// caller in the same breath; a dead grant is no grant.
struct grant {
    id128 host{};
    std::uint64_t attempt = 0;
    std::vector<std::string> identities;  // of the disks the operator saw when they typed the name
    bool live = false;
};

// The only clock a grant knows: no setting of the date prolongs it, and a reboot of the appliance ends it.
struct appliance_time {
    std::string boot_id;        // of the appliance's kernel
    std::uint64_t seconds = 0;  // CLOCK_BOOTTIME
};

std::string grant_text(const grant& given, const appliance_time& now, std::chrono::seconds lasts);
// The grant of `host` in this text; `live` unless it has expired or another boot of the appliance made it.
// None when the text is none of ours.
std::optional<grant> parse_grant(std::string_view text, const id128& host, const appliance_time& now);

}  // namespace landscaper::install
