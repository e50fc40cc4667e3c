// Who is due when. Moving a deadline later, as every ACK does, costs nothing; only the earliest is ever
// looked at. Never reads a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace tftpd {

class deadlines {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    using key = std::uint64_t;

    // A wake-up for `who` not after `when`. `scheduled` is the wake-up that it already has (time_point::max()
    // for none), and is updated: a later `when` keeps the earlier wake-up, and the caller asks again then.
    void schedule(key who, time_point when, time_point& scheduled);
    // The earliest wake-up, stale ones included.
    std::optional<time_point> earliest() const;
    // Takes one entry that is due. The caller checks that it is the one in its `scheduled`: others are stale.
    struct entry {
        time_point when;
        key who = 0;
        friend bool operator>(const entry& a, const entry& b) { return a.when > b.when; }
    };
    std::optional<entry> take_due(time_point now);
    std::size_t size() const { return queue_.size(); }

  private:
    std::priority_queue<entry, std::vector<entry>, std::greater<>> queue_;
};

}  // namespace tftpd
