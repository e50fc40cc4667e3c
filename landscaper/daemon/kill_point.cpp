#include "landscaper/daemon/kill_point.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace landscaper::daemon {

std::vector<std::string> kill_points(const std::vector<ledger::change>& batch, ledger_line when) {
    std::vector<std::string> out;
    for (const auto& change : batch) {
        if (auto* proof = std::get_if<ledger::step_proof>(&change)) {
            auto* moment = when == ledger_line::coming ? ".effect" : ".proof";
            out.push_back(proof->resource + "." + proof->name + moment);
        }
        auto* intent = std::get_if<ledger::step_intent>(&change);
        if (intent && when == ledger_line::durable)
            out.push_back(intent->resource + "." + intent->name + ".intent");
    }
    return out;
}

void pass_kill_point(const std::vector<ledger::change>& batch, ledger_line when) {
    static const char* const wanted = std::getenv("LANDSCAPER_KILL_AT");
    if (!wanted) return;
    auto points = kill_points(batch, when);
    if (std::ranges::find(points, wanted) != points.end()) ::kill(::getpid(), SIGKILL);
}

}  // namespace landscaper::daemon
