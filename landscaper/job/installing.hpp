// Which proofs of an installation still count when it goes on: after a restart of serve all do, after one of
// the machine none.
#pragma once

#include <string>
#include <vector>

#include "landscaper/install/step.hpp"
#include "landscaper/ledger/change.hpp"

namespace landscaper::job {

// Whether the row's proof need not be had again. What the gate judges is read anew each time that it is
// asked, since a person may have changed it; behind the marker it stands.
bool stands(const ledger::host& known, const install::install_step& row);

// The installer answered, under the temporary key, in this boot of the machine. Nothing when it is the one
// that answered before. Otherwise every step is taken back (what was done lay in the memory of another boot;
// the disk's marker says that the disk is this attempt's), also those that were only begun: a new intent is
// another try, and does not meet the leavings of the one before.
std::vector<ledger::change> answered(const ledger::host& known, const std::string& boot_id,
                                     const std::string& address, ledger::unix_ms now);

}  // namespace landscaper::job
