// Steps that outlive the connection: started on the host in a session of their own, with log and exit status
// in a folder under /run/landscaper/steps; followed, and followed again after a lost connection or a killed
// daemon, never started twice. What a step leaves running keeps nothing of it. Needs bash, setsid and flock
// (util-linux), grep, timeout and tail (coreutils) there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper::ssh {

// [a-z0-9._-], 1 to 80 bytes. Another try of a failed step needs another id (contracts: attempt.step.try).
bool is_step_id(std::string_view id);

inline constexpr std::string_view steps_folder = "/run/landscaper/steps";

struct detached_text {
    std::string command;  // what to run on the host
    std::string input;    // its stdin: the script
};

// Starts `script` with bash unless a step of this id runs or has ended. Ends at once.
detached_text detached(std::string_view id, std::string_view script, std::string_view folder = steps_folder);

// Prints the log from byte `offset` on as it grows, for at most `slice`; then on stderr how the step stands.
std::string follow(std::string_view id, std::uint64_t offset, std::chrono::milliseconds slice,
                   std::string_view folder = steps_folder);

// detached() and follow() in one command.
detached_text detached_and_follow(std::string_view id, std::string_view script, std::uint64_t offset,
                                  std::chrono::milliseconds slice, std::string_view folder = steps_folder);

enum class step_state {
    running,
    ended,    // exit_code is valid, and the log was printed to its end
    died,     // started, but gone without a status
    unknown,  // no such step on this host (it was rebooted, or the step never started)
};
struct step_report {
    step_state state = step_state::unknown;
    int exit_code = 0;
    friend bool operator==(const step_report&, const step_report&) = default;
};
// From follow's stderr; bad_output when it does not say.
result<step_report> parse_follow(std::string_view id, std::string_view errors);

// Ends the step's processes. Safe to repeat.
std::string stop_step(std::string_view id, std::string_view folder = steps_folder);
// Removes a step that has ended: its log and status.
std::string forget_step(std::string_view id, std::string_view folder = steps_folder);

}  // namespace landscaper::ssh
