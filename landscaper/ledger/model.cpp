#include "landscaper/ledger/model.hpp"

#include <algorithm>

namespace landscaper::ledger {

const payload* host::payload_in_force() const {
    if (payloads.empty() || payloads.back().withdrawn) return nullptr;
    return &payloads.back();
}

const step* host::find_step(std::string_view resource, std::string_view step_name) const {
    auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const step& s) {
        return s.attempt == attempt && s.resource == resource && s.name == step_name;
    });
    return found == steps.rend() ? nullptr : &*found;
}

bool host::is_proven(std::string_view resource, std::string_view step_name) const {
    auto* found = find_step(resource, step_name);
    return found && found->proof;
}

bool host::is_installed() const {
    return std::any_of(markers.begin(), markers.end(), [](const marker& m) { return m.finished; });
}

const host* model::find_mac(const mac_address& mac) const {
    for (const auto& [id, candidate] : hosts) {
        if (std::find(candidate.mac.begin(), candidate.mac.end(), mac) != candidate.mac.end())
            return &candidate;
    }
    return nullptr;
}

const host* model::find_name(std::string_view name) const {
    for (const auto& [id, candidate] : hosts) {
        if (candidate.name == name) return &candidate;
    }
    return nullptr;
}

}  // namespace landscaper::ledger
