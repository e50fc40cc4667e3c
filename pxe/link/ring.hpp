// The events that wait for serve: transitions in a ring, the oldest dropped when it is full; progress as the
// latest value per transfer. Never blocks, never reads a clock; keeps encoded lines.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "pxe/link/event.hpp"

namespace pxe::link {

class event_ring {
  public:
    static constexpr std::size_t default_capacity = 65536;

    explicit event_ring(std::uint64_t epoch, std::size_t capacity = default_capacity);

    std::uint64_t epoch() const { return epoch_; }
    // The newest transition's number; 0 before the first.
    std::uint64_t newest() const { return next_ - 1; }

    // Gives the event its epoch and seq and keeps it.
    void add(event e);
    // Replaces the transfer's latest progress; forgotten with forget_progress().
    void set_progress(std::uint64_t transfer, event e);
    void forget_progress(std::uint64_t transfer);

    // Where a reader stands: the seq it has, and what it knows of progress.
    struct cursor {
        std::uint64_t seq = 0;
        std::uint64_t progress = 0;
    };
    // The cursor of a serve that has committed (epoch, seq): behind it in this epoch, at the start in
    // another.
    cursor resume(std::uint64_t epoch, std::uint64_t seq) const;
    // Lines (with line ends) behind the cursor, at most about `max_bytes`, which the cursor then passes; a
    // {"lost":n} line stands where events were dropped. Empty when there is nothing new.
    std::string take(cursor& at, std::size_t max_bytes = std::size_t{64} * 1024) const;
    // Lines of the progress that changed since the cursor.
    std::string take_progress(cursor& at) const;
    bool has_news(const cursor& at) const { return at.seq < newest(); }

  private:
    struct latest {
        std::uint64_t version = 0;
        std::string line;
    };

    std::uint64_t epoch_;
    std::size_t capacity_;
    std::uint64_t next_ = 1;
    std::deque<std::string> lines_;  // of seq next_ - lines_.size() .. next_ - 1
    std::map<std::uint64_t, latest> progress_;
    std::uint64_t progress_version_ = 0;
};

}  // namespace pxe::link
