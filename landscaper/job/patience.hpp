// How long a step may be silent before the screen says so, and how often a stage is tried again by itself.
// Pure: times come in.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "landscaper/ledger/model.hpp"

namespace landscaper::job {

// "no progress for 30 s", in steps of 15 s so that the screen stays still; none below 15 s.
std::optional<std::string> stall_note(std::chrono::nanoseconds since_progress);

// Tries of one stage after failures that may pass by themselves (a lost connection, a host that is not up
// yet). A new proof begins the count anew.
class retries {
  public:
    static constexpr unsigned most = 20;

    // How long to wait before the next try: 1 s, doubled up to 30 s. None: it is time to give up.
    std::optional<std::chrono::seconds> after_failure(const ledger::host& known);

  private:
    std::uint64_t proofs_ = 0;  // of the attempt, when the last try failed
    unsigned failed_ = 0;
};

// How long one login may take while a machine restarts. A connection into a system on its way down hangs
// until the next system answers to it, when a fresh one would long be in: short at first, and longer after
// each that was given up, since a machine may be slow.
class login_patience {
  public:
    std::chrono::seconds now() const { return now_; }
    void given_up() { now_ = std::min(now_ * 2, longest); }

  private:
    static constexpr std::chrono::seconds longest{24};
    std::chrono::seconds now_{3};
};

}  // namespace landscaper::job
