#include "landscaper/job/disk_key.hpp"

#include "landscaper/job/life.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/key.hpp"

namespace landscaper::job {

ledger::step_proof key_written(const ledger::host& known, const std::string& key, ledger::unix_ms now) {
    return {known.id, std::string(installation), std::string(step_disk_key), key, now};
}

std::string installed_key(const ledger::host& known) {
    auto* written = known.find_step(installation, step_disk_key);
    return written && written->proof ? written->proof_text : known.pins.temporary;
}

bool is_promoted(const ledger::host& known) {
    return known.is_proven(ssh_host_public_key, "refuse") && known.pins.pending.empty() &&
           !known.pins.permanent.empty();
}

// From the boot loader until rotation.
static bool has_temporary_key(const ledger::host& known) {
    auto now = standing_of(known);
    return (now == standing::rebooting || now == standing::rotating) && !is_promoted(known);
}

std::vector<std::string> disk_keys(const ledger::host& known) {
    std::vector<std::string> out;
    bool is_temporary = has_temporary_key(known);
    if (is_temporary && !known.pins.pending.empty()) out.push_back(known.pins.pending);
    auto last = is_temporary ? installed_key(known) : known.pins.permanent;
    if (!last.empty()) out.push_back(std::move(last));
    return out;
}

ledger::rescue_ended end_of_rescue(const ledger::host& known, ledger::unix_ms now) {
    ledger::rescue_ended out{known.id, standing_of(known) >= standing::rebooting, now};
    if (has_temporary_key(known)) out.temporary = installed_key(known);
    return out;
}

std::string leaving_key(const ledger::host& known, ledger::unix_ms now) {
    auto* made = known.find_step(rescue, step_payload);
    if (known.rescue || !made || !made->proof || known.payloads.empty()) return {};
    const auto& last = known.payloads.back();
    auto key = ssh::public_key::parse(last.public_key);
    if (!last.withdrawn || !key || key->fingerprint() != made->proof_text) return {};
    auto passed = std::chrono::milliseconds(now - last.withdrawn);
    bool is_recent = passed.count() >= 0 && passed < going_down;
    return is_recent ? last.public_key : std::string();
}

stranger who_answers(const result<bool>& is_refused, bool has_looked_again) {
    if (is_refused) return *is_refused ? stranger::impostor : stranger::leaving;
    bool is_gone = ssh::is_transient(is_refused.error());
    return is_gone && !has_looked_again ? stranger::look_again : stranger::impostor;
}

}  // namespace landscaper::job
