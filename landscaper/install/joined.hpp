// Whether a chosen disk is part of a set (array, volume group, pool) that other disks belong to (contract 4):
// the installer assembles none, so nothing holds the disk; what its members say of themselves tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "landscaper/install/facts.hpp"

namespace landscaper::install {

// The sentence for people; none when every set ends within `chosen`. A member that does not say which set it
// is of belongs to any set of its kind.
std::optional<std::string> joined_to_others(const std::vector<disk_facts>& chosen,
                                            const std::vector<disk_facts>& others);

}  // namespace landscaper::install
