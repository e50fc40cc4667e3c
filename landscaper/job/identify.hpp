// Who the hosts of an inventory are. A host is its ledger identity, known by any of its MACs; the name is a
// label (design 3, rule 8). Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "landscaper/inventory/rack.hpp"
#include "landscaper/ledger/change.hpp"

namespace landscaper::job {

struct identified {
    std::vector<ledger::change> changes;           // new hosts, other names and MACs, hosts that are gone
    std::map<std::string, std::string> held_back;  // by name: why nothing is done about it, and the remedy
};

// `new_id`: 128 random bits, of a host or of an attempt.
identified identify(const ledger::model& ledger, const inventory::rack& declared,
                    const std::function<ledger::id128()>& new_id, ledger::unix_ms now);

}  // namespace landscaper::job
