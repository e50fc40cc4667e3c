// inventory.yaml to values. A strict subset of YAML: one document, no anchors, aliases, tags or merge keys;
// every value is typed here, never by YAML's own rules. No exception leaves; nothing is guessed.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "landscaper/inventory/problem.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::inventory {

// All problems that can be found in one reading, in the order of the lines. `file` is the name for messages.
// An empty text is an inventory without hosts.
using parsed = boost::system::result<rack, problems>;
parsed parse(std::string_view text, std::string_view file);

}  // namespace landscaper::inventory
