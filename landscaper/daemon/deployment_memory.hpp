// What a deployment has to know of itself when its entry in the inventory is gone: where its relative names
// start, and in which state resources it keeps entries. A file beside its state (0600): inputs may be secret.
#pragma once

#include <string>
#include <vector>

#include "landscaper/engine/resource.hpp"

namespace landscaper::daemon {

struct deployment_memory {
    std::string folder;
    std::string run_for;                 // the operator's name
    std::vector<engine::member> states;  // path, provider, type and inputs of each state resource
    friend bool operator==(const deployment_memory&, const deployment_memory&) = default;
};

// Nothing is remembered when there is no such file.
result<deployment_memory> read_memory(const std::string& file);
result<void> write_memory(const std::string& file, const deployment_memory& what);

}  // namespace landscaper::daemon
