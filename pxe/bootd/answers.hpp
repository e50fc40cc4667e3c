// Whether somebody answers at an address now: a TCP connection that is taken or refused is an answer, silence
// is none. No capability, no packet of our own making.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "pxe/bootd/reporter.hpp"

namespace pxe::bootd {

// False after a second of silence.
landscaper::task<bool> answers(std::string address);

// Looks once after each pause whether the machine answers at both addresses at once. One that moved from the
// first to the second never does.
landscaper::task<bool> is_at_both(two_places suspected, reporter::neighbour_lookup neighbour,
                                  std::vector<std::chrono::seconds> pauses);

}  // namespace pxe::bootd
