// What it means that a server shows something else than the ledger has proof of. Pure.
#pragma once

#include <string>

#include "landscaper/install/look.hpp"
#include "landscaper/ledger/model.hpp"

namespace landscaper::job {

// Only a host whose chain is proven to its end shows what it should; what stops it (hold, rescue) is on
// purpose.
bool is_worth_a_look(const ledger::host& known);

// The system that somebody else made it run, or made its next boot start; empty when it is the proven one.
// "nothing" where there is none at all.
std::string other_system(const ledger::host& known, const install::host_seen& seen);

// What is wrong with the disks of its installation, for people; empty when each that was marked is there.
std::string objection_to_disks(const ledger::host& known, const install::host_seen& seen);

}  // namespace landscaper::job
