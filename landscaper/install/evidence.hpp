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
    std::string table;     // "gpt", "dos"; empty = none
    std::vector<signature> signatures;
    std::vector<std::string> holders;
    std::optional<std::uint64_t> data_at;  // first sampled byte that is neither all 0x00 nor all 0xFF
    std::uint64_t sampled = 0;             // bytes that were looked at
    marker_seen mark;
    friend bool operator==(const disk_evidence&, const disk_evidence&) = default;
};

// One JSON object of landscaper-blank per chosen disk, in the order of `disks`.
result<std::vector<disk_evidence>> parse_evidence(std::string_view output,
                                                  const std::vector<disk_facts>& disks);

// Why this disk is not blank, for people; none when it is. Does not look at the marker.
std::optional<std::string> why_not_blank(const disk_evidence& disk);

}  // namespace landscaper::install
