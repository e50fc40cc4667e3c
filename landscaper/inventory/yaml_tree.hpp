// The strict subset of YAML as a tree of texts with positions. Typing is the business of others; yaml-cpp is
// seen by the .cpp alone, and none of its exceptions leaves it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/inventory/problem.hpp"

namespace landscaper::inventory {

struct position {
    int line = 0;    // from 1
    int column = 0;  // from 1
};

struct yaml_entry;
struct yaml_node {
    enum class kind { null, scalar, list, map };

    kind is = kind::null;
    position at;
    std::string text;       // of a scalar
    bool is_plain = false;  // a scalar without quotes
    bool is_flow = false;   // a list or map written with [ ] or { }
    std::vector<yaml_node> items;
    std::vector<yaml_entry> entries;

    const yaml_entry* find(std::string_view key) const;
};
struct yaml_entry {
    yaml_node key, value;
};

// Problems go to `list` (anchors, aliases, tags, merge keys, second documents, duplicate keys, keys that are
// not words, bytes that are not UTF-8, too deep nesting); the tree is what could be read.
yaml_node read_yaml(std::string_view text, std::string_view file, problems& list);

}  // namespace landscaper::inventory
