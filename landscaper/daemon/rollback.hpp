// Which earlier system of a host `rollback` returns to. Decides only; activating it is a deployment like any
// other.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "landscaper/base/error.hpp"
#include "landscaper/ledger/model.hpp"

namespace landscaper::daemon {

// By what a person gave: `generation` (a number that the ledger has proof of; none: what ran before, or,
// while a deployment is not proven, what was proven last) and `confirm`, which has to be the host's name. Any
// error (bad_input) says what would be right.
result<ledger::generation> generation_to_return_to(const ledger::host& of, const nlohmann::json& given);

}  // namespace landscaper::daemon
