#include "landscaper/install/copy_queue.hpp"

#include <algorithm>

namespace landscaper::install {

// In the order of asking: a small closure does not overtake a large one, or that would never have its turn.
bool copy_queue::admit() {
    std::uint64_t in_flight = 0;
    bool anybody = false, changed = false;
    for (const auto& one : line_) {
        if (!one.may_copy) continue;
        in_flight += one.left;
        anybody = true;
    }
    for (auto& one : line_) {
        if (one.may_copy) continue;
        bool fits = in_flight <= limit_ && one.left <= limit_ - in_flight;
        if (anybody && !fits) break;
        one.may_copy = anybody = changed = true;
        in_flight += one.left;
    }
    return changed;
}

copy_queue::place copy_queue::ask(const std::string& host, std::uint64_t bytes) {
    if (std::ranges::find(line_, host, &entry::host) == line_.end()) line_.push_back({host, bytes, false});
    admit();
    place out;
    for (const auto& one : line_) {
        if (one.host == host) {
            out.may_copy = one.may_copy;
            break;
        }
        ++out.hosts;
        out.bytes += one.left;
    }
    return out;
}

bool copy_queue::remains(const std::string& host, std::uint64_t bytes) {
    auto found = std::ranges::find(line_, host, &entry::host);
    if (found == line_.end()) return false;
    found->left = std::min(found->left, bytes);
    return admit();
}

void copy_queue::leave(const std::string& host) {
    std::erase_if(line_, [&](const entry& one) { return one.host == host; });
    admit();
}

std::string describe(const copy_queue::place& place) {
    return "waits to copy: " + std::to_string(place.hosts) + (place.hosts == 1 ? " host" : " hosts") +
           " before it, " + std::to_string(place.bytes / 1000000) + " MB";
}

}  // namespace landscaper::install
