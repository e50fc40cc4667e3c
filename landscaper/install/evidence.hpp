// What is on a chosen disk, as read on the host directly before the decision (landscaper-blank).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/install/facts.hpp"
#include "landscaper/install/marker.hpp"

namespace landscaper::install {

struct no_marker {
    friend bool operator==(const no_marker&, const no_marker&) = default;
};
struct damaged_marker {
    std::string why;
    friend bool operator==(const damaged_marker&, const damaged_marker&) = default;
};
using marker_seen = std::variant<no_marker, damaged_marker, marker>;
marker_seen read_marker(const std::optional<bytes>& block);

struct disk_evidence {
    std::string path;
    std::string identity;  // as identity_of() of the same disk's facts
    bool blank = false;    // landscaper-blank's own verdict; why_not_blank() is ours
    std::string reason;    // its reason when not blank
    std::vector<std::string> partitions;
    std::vector<std::string> holders;
    std::vector<signature> signatures;  // partition tables included
    marker_seen mark;
    friend bool operator==(const disk_evidence&, const disk_evidence&) = default;
};

// One JSON object of landscaper-blank per line and chosen disk, in the order of `disks`; each must name its
// disk, its size and the seed it was asked with.
result<std::vector<disk_evidence>> parse_evidence(std::string_view output,
                                                  const std::vector<disk_facts>& disks,
                                                  std::string_view seed);

// Why this disk is not blank, for people; none when it is. Does not look at the marker.
std::optional<std::string> why_not_blank(const disk_evidence& disk);

}  // namespace landscaper::install
