// The host key of the system on a host's disk, where that is another one than the payload's: from the boot
// loader until rotation it is the temporary key that the installation wrote, whatever payload was made since
// (a rescue, or a private half that was lost). Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"

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

// How long a machine that was told to reboot may go on answering while its programs are gone.
inline constexpr std::chrono::minutes going_down{5};

// The key of the rescue system that a machine may still run: it was told to reboot no longer than
// `going_down` before `now`. Empty when there is none. Whoever answers with it holds a key that was pinned;
// it is still not the one that is pinned now, so nothing but the wait for it may follow from that.
std::string leaving_key(const ledger::host& known, ledger::unix_ms now);

// Who answers with another key than the pinned one, while there is a leaving_key().
enum class stranger {
    leaving,     // the rescue system, on its way down
    look_again,  // it was gone before it could prove that
    impostor,
};
// `is_refused` is what came of a connection pinned to the leaving_key(): whether another key answered. Only
// once in a row is no answer good for another look.
stranger who_answers(const result<bool>& is_refused, bool has_looked_again);

}  // namespace landscaper::job
