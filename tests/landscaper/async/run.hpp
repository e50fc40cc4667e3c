// Runs one task on an io_context of its own, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "landscaper/async/task.hpp"

template <class T>
landscaper::result<T> run_to_end(landscaper::task<T> work) {
    boost::asio::io_context context(1);
    std::optional<landscaper::result<T>> outcome;
    boost::asio::co_spawn(context, std::move(work),
                          [&](std::exception_ptr thrown, landscaper::result<T> value) {
                              if (thrown) std::rethrow_exception(thrown);
                              outcome = std::move(value);
                          });
    context.run();
    return std::move(outcome.value());
}
