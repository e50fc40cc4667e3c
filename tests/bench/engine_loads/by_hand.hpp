// What a provider process costs without any engine: posix_spawn, one line each way, end of file, waitpid.
#pragma once

#include <string>

namespace bench {

std::string this_program();
// Microseconds of one round trip with `this_program() provider`.
double round_trip_by_hand();

}  // namespace bench
