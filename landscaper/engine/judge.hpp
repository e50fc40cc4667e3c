// The scheduler's one decision: what does this resource need next? Reads, never changes anything.
#pragma once

#include "landscaper/engine/scheduler_node.hpp"
#include "landscaper/engine/state.hpp"

namespace landscaper::engine {

// The inputs with every hole filled; or what they wait for; or why they can never be filled.
struct resolved {
    std::optional<value> inputs;
    std::vector<path> blocked_on;
    std::string sentence;
    bool is_hopeless = false;
};
resolved resolve(const member& wanted, const surroundings& around);

// What must be done to get from `entry` to `wanted` with these inputs: none, create, update or destroy (the
// first half of a replacement). A create although there is an entry replaces it, and deposes it.
operation due(const member& wanted, const value& inputs, const resource_entry* entry);

// The entry that is recorded for a finished operation: keys of others in `before` stay.
resource_entry entry_for(const start& what, value outputs, const resource_entry* before);

// Ours beside NixOps4's keys in an entry.
std::vector<path> needs_in(const resource_entry& entry);
provider_ref provider_in(const resource_entry& entry);
bool is_protected(const resource_entry& entry);
std::set<std::string> sensitive_in(const resource_entry& entry);
// The entry as it would be with what the declaration says of it now; the same when that is recorded already.
resource_entry annotated(const resource_entry& entry, const member& wanted);
std::size_t phase_in(const resource_entry& entry);  // of the launch order; 0 = none
// What was replaced and is still there, oldest first.
std::vector<resource_entry> deposed_in(const resource_entry& entry);
resource_entry without_oldest_deposed(const resource_entry& entry);

// The entries within `from` as they are called within `to`: removals first, then additions.
std::vector<state_change> moves(const std::map<path, resource_entry>& state, const path& from,
                                const path& to);

}  // namespace landscaper::engine
