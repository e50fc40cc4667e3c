#include "landscaper/async/deadline.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace landscaper {

const char* describe(async_errc code) {
    switch (code) {
        case async_errc::timed_out: return "timed out";
        case async_errc::cancelled: return "cancelled";
    }
    return "unknown error";
}

task<> sleep_until(steady_time when) {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, when);
    auto [failed] = co_await timer.async_wait(as_result);
    if (failed) co_return error(async_errc::cancelled);
    co_return result<void>();
}

task<> sleep_for(steady::duration duration) {
    return sleep_until(steady::now() + duration);
}

namespace detail {

static asio::awaitable<void> wait_for_deadline(steady_time deadline) {
    auto slept = co_await sleep_until(deadline);
    static_cast<void>(slept);
}

asio::awaitable<std::optional<async_errc>> race(steady_time deadline, asio::awaitable<void> operation) {
    using namespace asio::experimental::awaitable_operators;
    auto timer = wait_for_deadline(deadline);
    auto first = co_await (std::move(operation) || std::move(timer));
    if (first.index() == 0) co_return std::nullopt;
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return async_errc::cancelled;
    co_return async_errc::timed_out;
}

}  // namespace detail

}  // namespace landscaper
