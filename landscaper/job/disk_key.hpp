// The host key of the system on a host's disk, where that is another one than the payload's: from the boot
// loader until rotation it is the temporary key that the installation wrote, whatever payload was made since
// (a rescue, or a private half that was lost). Pure.
#pragma once

#include <string>
#include <vector>

#include "landscaper/ledger/change.hpp"

namespace landscaper::job {

// The installation wrote its host's own files: which key went with them. Stands over a restart of the
// installer, unlike the steps themselves, since the finished marker may be all that is left to write.
ledger::step_proof key_written(const ledger::host& known, const std::string& key, ledger::unix_ms now);

// The temporary key on the disk of the present attempt.
std::string installed_key(const ledger::host& known);

// Whether the permanent key has taken the temporary one's place; then only the payload is left to withdraw.
bool is_promoted(const ledger::host& known);

// What the system on the disk may answer with, in the order to try; none when there is no such system.
std::vector<std::string> disk_keys(const ledger::host& known);

// The end of a rescue. A host that belongs to its disk needs no payload any more, and its pin is again that
// of what is on the disk.
ledger::rescue_ended end_of_rescue(const ledger::host& known, ledger::unix_ms now);

}  // namespace landscaper::job
