#include "landscaper/async/group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <cstdio>
#include <exception>
#include <optional>

namespace landscaper {

group::group(const asio::any_io_executor& executor, on_end ended)
    : executor_(executor), on_end_(std::move(ended)), changed_(executor) {}

group::~group() {
    *alive_ = false;
}

void group::spawn(std::string name, task<> work) {
    auto which = members_.emplace(members_.end());
    which->name = std::move(name);
    auto on_done = [this, which, alive = alive_](std::exception_ptr thrown, result<void> outcome) {
        if (!*alive) return;
        if (!thrown) {
            bool was_cancelled = outcome.has_error() && outcome.error().code() == async_errc::cancelled;
            auto failure = outcome.has_error() ? outcome.error() : error();
            ended(which, outcome.has_error() && !was_cancelled ? &failure : nullptr, false);
            return;
        }
        auto failure = error();
        try {
            std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& e) {
            // The usual end of a loop.
            if (is_cancellation(e)) return ended(which, nullptr, false);
            failure = error(e.code(), e.what());
        } catch (const std::exception& e) {
            failure = error(async_errc::cancelled, e.what());
        }
        ended(which, &failure, true);
    };
    asio::co_spawn(executor_, std::move(work),
                   asio::bind_cancellation_slot(which->signal.slot(), std::move(on_done)));
}

void group::ended(std::list<member>::iterator which, const error* failure, bool threw) {
    auto name = std::move(which->name);
    members_.erase(which);
    if (threw) {
        failed_ = true;
        std::fprintf(stderr, "%s: broken invariant: %s\n", name.c_str(), failure->context().c_str());
    }
    if (on_end_) on_end_(name, failure);
    if (threw) cancel();
    changed_.notify();
}

void group::cancel() {
    // emit() may end a member, and so erase it, before it returns.
    for (auto next = members_.begin(); next != members_.end();) {
        auto here = next++;
        here->signal.emit(asio::cancellation_type::all);
    }
}

asio::awaitable<void> group::stop() {
    // A caller that is cancelled meanwhile, once more or for the first time, waits for the members all the
    // same.
    bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    cancel();
    while (!members_.empty()) {
        auto waited = co_await changed_.wait();
        if (!waited) co_await asio::this_coro::reset_cancellation_state();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
}

asio::awaitable<void> group::join() {
    while (!members_.empty()) {
        auto waited = co_await changed_.wait();
        if (!waited) co_return;
    }
}

bool is_cancellation(const boost::system::system_error& thrown) {
    return thrown.code() == asio::error::operation_aborted;
}

namespace {

// Whether all have ended by themselves: cancelled, it cancels and joins them.
asio::awaitable<bool> run_all(group& running, std::vector<task<>> members) {
    // A cancelled wait is no exception here: the members are waited for first.
    co_await asio::this_coro::throw_if_cancelled(false);
    for (auto& member : members) running.spawn("member", std::move(member));
    co_await running.join();
    bool was_cancelled = running.size() > 0;
    if (was_cancelled) {
        co_await asio::this_coro::reset_cancellation_state();
        co_await running.stop();
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    co_return !was_cancelled;
}

struct first_outcome {
    std::optional<result<void>> outcome;
    group* members;
};

task<> keep_first(task<> work, first_outcome& first) {
    auto ended = co_await std::move(work);
    if (!first.outcome) {
        first.outcome = ended;
        first.members->cancel();
    }
    co_return result<void>();
}

}  // namespace

task<> all_of(std::vector<task<>> members) {
    auto executor = co_await asio::this_coro::executor;
    group running(executor);
    auto are_done = co_await run_all(running, std::move(members));
    if (!are_done) co_return error(async_errc::cancelled);
    co_return result<void>();
}

task<> first_of(std::vector<task<>> members) {
    auto executor = co_await asio::this_coro::executor;
    group running(executor);
    first_outcome first{std::nullopt, &running};
    for (auto& member : members) member = keep_first(std::move(member), first);
    auto are_done = co_await run_all(running, std::move(members));
    if (!are_done || !first.outcome) co_return error(async_errc::cancelled);
    co_return *first.outcome;
}

}  // namespace landscaper
