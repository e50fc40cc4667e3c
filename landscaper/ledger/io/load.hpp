// Reads and writes the whole of a host: a change is applied to a copy, and the rows of that host replaced.
#pragma once

#include "landscaper/ledger/change.hpp"
#include "landscaper/ledger/io/database.hpp"

namespace landscaper::ledger {

result<model> load(database& from);

// The rows of one host as they are in `before` become those of `after`; only rows that differ are written.
// Either may be null: added, or retired.
result<void> save_host(database& to, const host* before, const host* after);
result<void> save_audit(database& to, const audit& what);

}  // namespace landscaper::ledger
