// What --until ok and apply wait for, and what plain watch prints. Pure.
#pragma once

#include "landscaper/control/snapshot.hpp"

namespace landscaper::cli {

// The exit code once every host is ok (0), one has failed (1), or all that are left are held for people (3);
// -1 to go on. A host that waits to be switched on is what this waits for, and so is a rack without hosts.
int verdict_of(const control::snapshot& shot);

// The same for an apply, which never waits for people: a host that is to be switched on gives 3. Only the
// hosts that `roots` name ("hosts.px01", "hosts.px01.nixos"), or all when none is named; no host at all is
// done. Of another deployment than the rack's own ("") only its resources count; what waits for
// the rack's hosts gives 3.
int apply_verdict_of(const control::snapshot& shot, const std::vector<std::string>& roots,
                     const std::string& deployment = {});

// Whether `roots` (none: everything) name the path or what it lies in; and whether they name the host or
// anything of its chain.
bool is_within(const std::string& path, const std::vector<std::string>& roots);
bool is_meant(const control::host_view& host, const std::vector<std::string>& roots);

// Null when the daemon shows none of this name; "" is the rack's own.
const control::deployment_view* deployment_in(const control::snapshot& shot, const std::string& name);

// The log lines of `shot` that come after `last`, the last one printed; all when it is not among them.
std::vector<control::log_line> new_lines(const control::snapshot& shot, const control::log_line& last);

}  // namespace landscaper::cli
