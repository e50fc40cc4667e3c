// Something that coroutines wait for: "the table was acknowledged", "the host was seen". No memory of past
// notifications: check your condition, then wait, in a loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "landscaper/async/deadline.hpp"

namespace landscaper {

class event {
  public:
    explicit event(const asio::any_io_executor& executor) : timer_(executor, steady_time::max()) {}

    // Wakes all that wait now.
    void notify() { timer_.cancel(); }
    // Ends at the next notify(); timed_out at `deadline`, cancelled when the coroutine is.
    task<> wait_until(steady_time deadline);
    // Without deadline, for waits whose end is a person or the program's stop.
    task<> wait();

  private:
    asio::steady_timer timer_;
};

}  // namespace landscaper
