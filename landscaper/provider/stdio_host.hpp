// A resource provider on stdin and stdout, as NixOps4 starts it: `landscaper provider NAME`. One request
// line, one answer line, strictly in turn, until end of file. Log lines go to stderr.
#pragma once

#include <string>

#include "landscaper/async/task.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

struct stdio {
    unique_fd in, out;
};
// Moves the process's stdin and stdout out of the way of child tools: 0 becomes /dev/null, 1 becomes stderr,
// the real ones are kept close-on-exec. Call once, before anything writes.
result<stdio> take_stdio();

// Serves `family`'s types of the registry until end of file (success) or a line that is no request (bad
// answer; the line's fault is on stderr, nothing on stdout, as NixOps4's own providers do).
task<> serve_stdio(std::string family, const registry& types, stdio ends);

}  // namespace landscaper::provider
