// What changed between two inventories, host by host: what the daemon acts on when the file was edited.
#pragma once

#include <string>
#include <vector>

#include "landscaper/inventory/rack.hpp"

namespace landscaper::inventory {

enum class change_kind { added, removed, changed };

struct host_change {
    std::string name;
    change_kind kind = change_kind::added;
    std::vector<std::string> keys;  // for `changed`: the keys of the file whose values differ, sorted
    friend bool operator==(const host_change&, const host_change&) = default;
};

// Sorted by name. A renamed host is one removed and one added; who it is, the ledger knows by its MACs.
std::vector<host_change> difference(const rack& before, const rack& after);

// The top-level keys other than hosts that differ: "network", "launch", "deployments", ..
std::vector<std::string> changed_sections(const rack& before, const rack& after);

}  // namespace landscaper::inventory
