// A conformance check: one resource type through its whole life, as the engine would drive it. For our own
// types in this process, over stdio, and for the author of any other NixOps4 provider.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

// What is made, and what is done to it.
struct check_sample {
    std::string type;
    engine::value inputs;
    engine::value changed;  // other inputs for the update; empty = no update is tried
    bool is_stateful = true;
    std::function<void()>
        spoil;  // changes or removes what was made, behind the provider's back; may be empty
};

enum class check_verdict {
    passed,
    unsupported,  // the type lacks the operation and says so
    failed,
    refused,   // it says what others did, and that it will not work over that
    left_out,  // not tried: the sample or an earlier step gives no way to
};
const char* to_text(check_verdict verdict);

struct check_step {
    std::string name;
    check_verdict verdict = check_verdict::passed;
    std::string sentence;  // what was answered, or what is wrong with it
    friend bool operator==(const check_step&, const check_step&) = default;
};

// Makes it, asks for it again, updates, changes it behind the provider's back, repairs it, destroys it and
// destroys it once more. What it makes is real: inputs must name things that may go.
task<std::vector<check_step>> check(std::shared_ptr<resource_type> type, check_sample sample);

}  // namespace landscaper::provider
