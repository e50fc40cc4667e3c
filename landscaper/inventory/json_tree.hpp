// Verbatim parts of the inventory as JSON: plain words that look like JSON's numbers, true, false and null
// are those; everything else, and everything in quotes, is a string. (YAML's own rules would read 010 as 8.)
#pragma once

#include <string>

#include "landscaper/inventory/yaml_tree.hpp"

namespace landscaper::inventory {

// One line, keys sorted.
std::string json_of(const yaml_node& node);

}  // namespace landscaper::inventory
