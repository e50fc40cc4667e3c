#include "landscaper/job/installing.hpp"

#include "landscaper/job/life.hpp"

namespace landscaper::job {

bool stands(const ledger::host& known, const install::install_step& row) {
    if (!known.is_proven(installation, row.name)) return false;
    bool is_judged = row.phase == "installer" || row.phase == "gate";
    return !is_judged || known.is_proven(installation, "marker");
}

std::vector<ledger::change> answered(const ledger::host& known, const std::string& boot_id,
                                     const std::string& address, ledger::unix_ms now) {
    std::vector<ledger::change> out;
    auto* before = known.find_step(installation, step_answer);
    if (before && before->proof && before->proof_text == boot_id) return out;
    std::string resource(installation);
    for (const auto& row : install::install_steps()) {
        if (!known.find_step(resource, row.name)) continue;
        out.push_back(ledger::step_intent{known.id, resource, std::string(row.name), now});
    }
    out.push_back(ledger::host_address{known.id, address});
    out.push_back(ledger::step_proof{known.id, resource, std::string(step_answer), boot_id, now});
    return out;
}

}  // namespace landscaper::job
