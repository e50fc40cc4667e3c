// The coroutine type of everything asynchronous, and the way errors leave it. One io_context, one thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "landscaper/base/error.hpp"

namespace landscaper {

namespace asio = boost::asio;

template <class T = void>
using task = asio::awaitable<result<T>>;

// Completion token: errors are values. `auto [ec, n] = co_await socket.async_receive(buffer, as_result);`
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace landscaper

// CO_TRY(auto x, co_await f()); declares x from a result, or co_returns its error. CO_TRY_VOID(co_await f());
#define CO_TRY(DECLARATION, ...) \
    LANDSCAPER_CO_TRY_(LANDSCAPER_JOIN(co_try_, __COUNTER__), DECLARATION, __VA_ARGS__)
#define LANDSCAPER_CO_TRY_(NAME, DECLARATION, ...) \
    auto NAME = __VA_ARGS__;                       \
    if (!NAME) co_return NAME.error();             \
    DECLARATION = std::move(*NAME)
#define CO_TRY_VOID(...) LANDSCAPER_CO_TRY_VOID_(LANDSCAPER_JOIN(co_try_, __COUNTER__), __VA_ARGS__)
#define LANDSCAPER_CO_TRY_VOID_(NAME, ...) \
    auto NAME = __VA_ARGS__;               \
    if (!NAME) co_return NAME.error()
