// An io_context for tests that talk to something that runs meanwhile.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

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

inline task<> stopped(group& members) {
    co_await members.stop();
    co_return result<void>();
}

}  // namespace landscaper
