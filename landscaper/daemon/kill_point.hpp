// Where a test may have serve killed: at each line that a step writes to the ledger. Named by the step and
// the moment, "installation.format.effect"; LANDSCAPER_KILL_AT in the environment names the one to die at, as
// by kill -9. Without it, nothing happens here.
#pragma once

#include <string>
#include <vector>

#include "landscaper/ledger/change.hpp"

namespace landscaper::daemon {

enum class ledger_line {
    coming,   // about to be written: a proof is had, the ledger does not know it yet
    durable,  // written
};

// The points that a batch stands for: RESOURCE.STEP.intent and .proof once it is durable,
// RESOURCE.STEP.effect before the proof is written.
std::vector<std::string> kill_points(const std::vector<ledger::change>& batch, ledger_line when);

// Ends the process here if the environment says so.
void pass_kill_point(const std::vector<ledger::change>& batch, ledger_line when);

}  // namespace landscaper::daemon
