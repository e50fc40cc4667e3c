#include "landscaper/job/look.hpp"

#include <algorithm>

#include "landscaper/job/life.hpp"

namespace landscaper::job {

bool is_worth_a_look(const ledger::host& known) {
    return standing_of(known) == standing::ok && !known.generations.empty() && !stopped_by(known);
}

std::string other_system(const ledger::host& known, const install::host_seen& seen) {
    const auto& proven = known.generations.back().toplevel;
    const auto& other = seen.running != proven ? seen.running : seen.next;
    if (other == proven) return {};
    return other.empty() ? "nothing" : other;
}

std::string objection_to_disks(const ledger::host& known, const install::host_seen& seen) {
    auto marked = std::count_if(known.markers.begin(), known.markers.end(), [&](const ledger::marker& m) {
        return m.finished && m.nonce == known.nonce;
    });
    auto there = std::count_if(seen.markers.begin(), seen.markers.end(), [&](const install::marker& m) {
        return m.state == install::marker_state::finished && m.host == known.id && m.nonce == known.nonce;
    });
    if (there >= marked) return {};
    return "of " + std::to_string(marked) + (marked == 1 ? " disk" : " disks") + " that landscaper marked, " +
           std::to_string(there) + (there == 1 ? " is" : " are") +
           " there with the marker of this installation";
}

}  // namespace landscaper::job
