#include "landscaper/async/event.hpp"

#include <boost/asio/this_coro.hpp>

namespace landscaper {

task<> event::wait() {
    // A cancelled timer wait is the notification; only the coroutine's own cancellation is an error.
    auto [ignored] = co_await timer_.async_wait(as_result);
    static_cast<void>(ignored);
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return error(async_errc::cancelled);
    co_return result<void>();
}

task<> event::wait_until(steady_time deadline) {
    return until(deadline, wait());
}

}  // namespace landscaper
