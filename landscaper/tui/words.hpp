// Short texts for the console: ages, amounts, bars, the one note per host. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/tui/frame.hpp"

namespace landscaper::tui {

// Milliseconds to "850ms", "12s", "4m10", "3h05". Above a minute in steps of ten seconds when `coarse`, so
// that rows stay still.
std::string age_text(std::int64_t milliseconds, bool coarse = false);

// "61.0 MB" of bytes.
std::string amount_text(std::uint64_t bytes);

// "61 of 120 MB, 12 MB/s, eta 5s" while numbers are known, else the sentence.
std::string note_of(const control::host_view& host);

// "[=====     ]", as far as the host's phase is along the chain.
std::string bar_of(const control::host_view& host, int cells);

// ! failed, = held, ? unknown, > running, . waiting for a person, + ok, - unmanaged.
char mark_of(const control::host_view& host);
colour paint_of(const control::host_view& host);

}  // namespace landscaper::tui
