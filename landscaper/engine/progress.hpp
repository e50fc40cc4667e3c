// What an operation says while it runs. Values only.
#pragma once

#include <cstdint>
#include <string>

namespace landscaper::engine {

enum class progress_kind {
    working,  // at work: `sentence` is the step, numbers may be given
    person,   // waits for a person: `sentence` says what to do; gives its slot back until it works again
    log,      // one line for the log; changes nothing else
};

struct progress {
    progress_kind kind = progress_kind::working;
    std::string sentence;
    std::uint64_t done = 0;   // of `total`, in `unit`
    std::uint64_t total = 0;  // 0 = not known
    std::string unit;         // "bytes", "paths"
    friend bool operator==(const progress&, const progress&) = default;
};

}  // namespace landscaper::engine
