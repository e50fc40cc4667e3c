// Short texts for the console: ages, amounts, bars, the one note per host. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/tui/frame.hpp"

namespace landscaper::tui {

// Milliseconds to "850ms", "12s", "4m10", "3h05". Above a minute in steps of ten seconds when `coarse`, so
// that rows stay still.
std::string age_text(std::int64_t milliseconds, bool coarse = false);

// The time from `at` to `now`, coarse; "-" when `at` never was.
std::string since_text(control::unix_ms now, control::unix_ms at);

// "14:07:31", UTC.
std::string clock_text(control::unix_ms at);

// "61.0 MB" of bytes; kB below one, GB from a thousand.
std::string amount_text(std::uint64_t bytes);

// "50% 12.0 MB/s eta 5s, 61.0 MB of 120.0 MB", as far as it is known; empty without a unit.
std::string numbers_of(const control::progress_view& progress);

// "50% 12.0 MB/s eta 5s, 61.0 MB of 120.0 MB: sentence" while numbers are known, else the sentence. The first
// words are the most useful: lists cut the rest.
std::string note_of(const control::host_view& host);

// "[=====     ]", as far as the host's phase is along the chain.
std::string bar_of(const control::host_view& host, int cells);

// Text broken at blanks into lines of at most `width`; longer words are cut.
std::vector<std::string> wrapped(std::string_view text, int width);

// ! failed, = held, > running, . waiting for a person, + ok, - unmanaged. (? is a MAC that is no host.)
char mark_of(const control::host_view& host);
colour paint_of(const control::host_view& host);

// The same of a deployment, and its resources: "1 failed, 2 running, 14 done".
char mark_of(const control::deployment_view& deployment);
colour paint_of(const control::deployment_view& deployment);
std::string counts_of(const control::deployment_view& deployment);

}  // namespace landscaper::tui
