#include "landscaper/job/patience.hpp"

#include <algorithm>

namespace landscaper::job {

using namespace std::chrono_literals;

std::optional<std::string> stall_note(std::chrono::nanoseconds since_progress) {
    constexpr auto quantum = 15s;
    auto quanta = since_progress / quantum;
    if (quanta < 1) return std::nullopt;
    auto seconds = quanta * quantum.count();
    if (seconds < 120) return "no progress for " + std::to_string(seconds) + " s";
    return "no progress for " + std::to_string(seconds / 60) + " min";
}

std::optional<std::chrono::seconds> retries::after_failure(const ledger::host& known) {
    auto proofs = static_cast<std::uint64_t>(std::ranges::count_if(
        known.steps, [&](const ledger::step& step) { return step.attempt == known.attempt && step.proof; }));
    if (proofs != proofs_) failed_ = 0;
    proofs_ = proofs;
    if (++failed_ > most) return std::nullopt;
    return std::min(30s, std::chrono::seconds(1) * (1u << std::min(failed_ - 1, 5u)));
}

}  // namespace landscaper::job
