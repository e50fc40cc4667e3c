// What --until ok means. Pure.
#pragma once

#include "landscaper/control/snapshot.hpp"

namespace landscaper::cli {

// The exit code once every host is ok (0), one has failed (1), or all that are left are held for people (3);
// -1 to go on. A host that waits to be switched on is what this waits for.
int verdict_of(const control::snapshot& shot);

}  // namespace landscaper::cli
