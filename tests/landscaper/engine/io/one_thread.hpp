// An io_context for tests that talk to something that runs meanwhile.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <optional>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/event.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/async/task.hpp"

namespace landscaper {

// Runs `work` to its end on `context`, while everything else on it runs as well.
template <class T>
result<T> run_on(asio::io_context& context, task<T> work) {
    std::optional<result<T>> outcome;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown, result<T> value) {
        if (thrown) std::rethrow_exception(thrown);
        outcome = std::move(value);
    });
    context.restart();
    while (!outcome && context.run_one()) {
    }
    return std::move(outcome.value());
}

// Runs everything on `context` until this holds, which is looked at again at every `news`, or for a minute.
inline bool comes_to_hold(asio::io_context& context, event& news, const std::function<bool()>& holds) {
    auto wait = [&news](const std::function<bool()>& done, steady_time latest) -> task<bool> {
        while (!done() && steady::now() < latest) {
            auto woken = co_await news.wait_until(latest);
            static_cast<void>(woken);
        }
        co_return done();
    };
    return run_on(context, wait(holds, steady::now() + std::chrono::minutes(1))).value();
}

inline task<> stopped(group& members) {
    co_await members.stop();
    co_return result<void>();
}

}  // namespace landscaper
