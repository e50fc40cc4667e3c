// At most so many at once; the others wait, and go on in the order they came.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <memory>

#include "landscaper/async/event.hpp"
#include "landscaper/async/task.hpp"

namespace landscaper {

class turns {
  public:
    // `most` is at least 1.
    turns(const asio::any_io_executor& executor, unsigned most);

    // Destroying it ends the turn; it may outlive the turns.
    using turn = std::shared_ptr<void>;
    // Ends when it is the caller's turn, or cancelled.
    task<turn> take();

    unsigned taken() const { return queue_->taken; }

  private:
    struct queue {
        queue(const asio::any_io_executor& executor, unsigned limit) : changed(executor), most(limit) {}
        event changed;
        unsigned most, taken = 0;
        std::uint64_t newest = 0;
        std::deque<std::uint64_t> waiting;
    };
    std::shared_ptr<queue> queue_;
};

}  // namespace landscaper
