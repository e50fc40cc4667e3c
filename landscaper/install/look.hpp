// What an installed server shows of itself when somebody looks: which system runs, which one its next boot
// starts, and landscaper's markers on its disks. Changes nothing there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/install/marker.hpp"

namespace landscaper::install {

struct host_seen {
    std::string running;  // store path of /run/current-system; empty = there is none
    std::string next;     // of the system profile; empty = there is none
    std::vector<marker> markers;
};

// Shell text for the server. `root` comes before every path on it: empty but in tests.
std::string look_text(const std::string& root = "");
// bad_proof when that is not what look_text() prints. A marker that is damaged is none.
result<host_seen> parse_look(std::string_view output);

}  // namespace landscaper::install
