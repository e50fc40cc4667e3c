// From proofs to the one word an operator reads. A phase changes on proof from the host only, so it is
// computed from nothing else.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "landscaper/ledger/model.hpp"

namespace landscaper::ledger {

// One step of the chain in its order, and the phase that lasts until it is proven.
struct planned_step {
    std::string_view resource;
    std::string_view name;
    std::string_view phase;
};

// The phase of the first step of the present attempt that is not proven; `ok` when all are, `unmanaged` for a
// host that left its source.
std::string_view phase_of(const host& of, std::span<const planned_step> chain);

// When that phase began: the latest proof before the first unproven step, else the start of the attempt.
unix_ms phase_started(const host& of, std::span<const planned_step> chain);

}  // namespace landscaper::ledger
