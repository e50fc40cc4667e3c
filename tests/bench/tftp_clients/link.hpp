// The bad line between a client and the server: seeded loss, and delay. Never sends.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <random>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

struct parcel {
    clock::time_point due;
    std::uint64_t number = 0;  // keeps the order of equal times
    std::size_t client = 0;
    std::uint64_t transfer = 0;  // which of the client's: a late one is dropped
    bool to_server = false;
    std::vector<std::uint8_t> datagram;
    friend bool operator>(const parcel& a, const parcel& b) {
        return a.due != b.due ? a.due > b.due : a.number > b.number;
    }
};

class link {
  public:
    // `loss` in per mille of the datagrams.
    link(unsigned loss, std::chrono::microseconds delay, std::uint64_t seed)
        : loss_(loss), delay_(delay), random_(seed) {}

    bool loses() { return loss_ > 0 && random_() % 1000 < loss_; }
    bool delays() const { return delay_.count() > 0; }
    void post(parcel p, clock::time_point now) {
        p.due = now + delay_;
        p.number = ++posted_;
        queue_.push(std::move(p));
    }
    std::optional<clock::time_point> next() const {
        if (queue_.empty()) return {};
        return queue_.top().due;
    }
    std::optional<parcel> take_due(clock::time_point now) {
        if (queue_.empty() || queue_.top().due > now) return {};
        auto out = queue_.top();
        queue_.pop();
        return out;
    }

  private:
    unsigned loss_;
    std::chrono::microseconds delay_;
    std::mt19937_64 random_;
    std::uint64_t posted_ = 0;
    std::priority_queue<parcel, std::vector<parcel>, std::greater<>> queue_;
};

}  // namespace bench
