#include "landscaper/ledger/phase.hpp"

#include <algorithm>

namespace landscaper::ledger {

std::string_view phase_of(const host& of, std::span<const planned_step> chain) {
    if (!of.managed) return "unmanaged";
    for (const auto& planned : chain) {
        if (!of.is_proven(planned.resource, planned.name)) return planned.phase;
    }
    return "ok";
}

unix_ms phase_started(const host& of, std::span<const planned_step> chain) {
    auto phase = phase_of(of, chain);
    unix_ms latest = of.attempt_started;
    for (const auto& planned : chain) {
        if (planned.phase == phase) break;
        if (auto* done = of.find_step(planned.resource, planned.name)) latest = std::max(latest, done->proof);
    }
    return latest;
}

}  // namespace landscaper::ledger
