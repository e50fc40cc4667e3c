// Every wait has a deadline: the helpers that give it one. deadline.cpp holds the only awaitable `||`.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "landscaper/async/task.hpp"

namespace landscaper {

using steady = std::chrono::steady_clock;
using steady_time = steady::time_point;

enum class async_errc {
    timed_out = 1,  // a deadline passed
    cancelled,      // the owner stopped the operation
};
const char* describe(async_errc code);

}  // namespace landscaper

LANDSCAPER_ERROR_ENUM(landscaper, async_errc, "async")

namespace landscaper {

// Fails with cancelled when the coroutine is cancelled.
task<> sleep_until(steady_time when);
task<> sleep_for(steady::duration duration);

namespace detail {
// Runs `operation`, and cancels it at `deadline` or when the caller is cancelled. None when it ran to its
// end.
asio::awaitable<std::optional<async_errc>> race(steady_time deadline, asio::awaitable<void> operation);

template <class T>
asio::awaitable<void> store(task<T> operation, std::shared_ptr<std::optional<result<T>>> into) {
    auto outcome = co_await std::move(operation);
    into->emplace(std::move(outcome));
}
}  // namespace detail

// Cancellation: a cancelled coroutine's current operation ends with an error, and its next co_await throws
// operation_aborted, which its group takes for a normal end. So a loop that ignores errors still stops.

// The operation's result, or timed_out when it has none by `deadline`; it is then cancelled and awaited, so
// what it borrowed stays valid until this returns.
template <class T>
task<T> until(steady_time deadline, task<T> operation) {
    auto outcome = std::make_shared<std::optional<result<T>>>();
    auto stored = detail::store(std::move(operation), outcome);
    auto stopped = co_await detail::race(deadline, std::move(stored));
    if (stopped) co_return error(*stopped);
    co_return std::move(**outcome);
}

}  // namespace landscaper
