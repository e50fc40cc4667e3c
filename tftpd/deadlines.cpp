#include "tftpd/deadlines.hpp"

namespace tftpd {

void deadlines::schedule(key who, time_point when, time_point& scheduled) {
    if (scheduled <= when) return;
    queue_.push({when, who});
    scheduled = when;
}

std::optional<deadlines::time_point> deadlines::earliest() const {
    if (queue_.empty()) return {};
    return queue_.top().when;
}

std::optional<deadlines::entry> deadlines::take_due(time_point now) {
    if (queue_.empty() || queue_.top().when > now) return {};
    auto out = queue_.top();
    queue_.pop();
    return out;
}

}  // namespace tftpd
