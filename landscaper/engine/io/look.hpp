// Asks providers what is really there of recorded resources: a few at a time, each within a deadline. Changes
// nothing and decides nothing.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::engine {

struct to_look {
    path at;
    provider_ref provider;
    resource_entry entry;
};

// What came of it.
struct looking {
    std::size_t seen = 0;
    std::vector<path> unreadable;  // types that cannot say what is there
    std::map<path, std::string> failed;

    // "a, b could not be looked at: WHY": those for which it is the same, as for all of a server that is
    // away, in one sentence.
    std::vector<std::string> failures() const;
};

// unsupported when the type cannot say; timed_out after a minute.
task<provider::reality> look_at_one(const provider::registry& types, to_look what);

// `tell` hears of each that could be read. At most eight are asked at once.
task<looking> look_at(const provider::registry& types, std::vector<to_look> all,
                      std::function<void(const to_look&, const provider::reality&)> tell);

}  // namespace landscaper::engine
