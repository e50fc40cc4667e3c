#include "landscaper/async/group.hpp"

#include <doctest/doctest.h>

#include "tests/support/result.hpp"

#include "tests/landscaper/async/run.hpp"

using namespace landscaper;
using namespace std::chrono_literals;

static task<> forever(int& rounds) {
    for (;;) {
        ++rounds;
        auto slept = co_await sleep_for(1h);
        static_cast<void>(slept);  // ignored on purpose: cancellation must end even this loop
    }
}

static task<> breaks() {
    auto slept = co_await sleep_for(1ms);
    if (slept) throw std::runtime_error("invariant");
    co_return result<void>();
}

static task<> stop_both(int& first, int& second) {
    auto executor = co_await asio::this_coro::executor;
    group members(executor);
    members.spawn("first", forever(first));
    members.spawn("second", forever(second));
    CO_TRY_VOID(co_await sleep_for(5ms));
    co_await members.stop();
    CHECK(members.size() == 0);
    CHECK(!members.failed());
    co_return result<void>();
}

TEST_CASE("stop cancels and joins, also a loop that ignores its errors") {
    int first = 0, second = 0;
    REQUIRE(run_to_end(stop_both(first, second)));
    CHECK(first <= 2);
    CHECK(second <= 2);
}

static task<> one_breaks(int& rounds) {
    auto executor = co_await asio::this_coro::executor;
    group members(executor);
    members.spawn("loop", forever(rounds));
    members.spawn("breaks", breaks());
    co_await members.join();
    CHECK(members.failed());
    co_return result<void>();
}

TEST_CASE("a member that throws cancels its siblings") {
    int rounds = 0;
    REQUIRE(run_to_end(one_breaks(rounds)));
}

static task<> late() {
    CO_TRY_VOID(co_await sleep_for(1h));
    co_return result<void>();
}

TEST_CASE("until gives timed_out at the deadline and the value before it") {
    auto timed_out = run_to_end(until(steady::now() + 5ms, late()));
    REQUIRE(!timed_out);
    CHECK(timed_out.error().code() == async_errc::timed_out);
    CHECK(run_to_end(until(steady::now() + 20s, sleep_for(1ms))));
}

static task<> waits_for(event& something, bool& woken) {
    CO_TRY_VOID(co_await something.wait_until(steady::now() + 20s));
    woken = true;
    co_return result<void>();
}

static task<> notified(bool& woken) {
    auto executor = co_await asio::this_coro::executor;
    event something(executor);
    group members(executor);
    members.spawn("waits", waits_for(something, woken));
    CO_TRY_VOID(co_await sleep_for(5ms));
    something.notify();
    co_await members.join();
    co_return result<void>();
}

TEST_CASE("an event wakes those that wait") {
    bool woken = false;
    REQUIRE(run_to_end(notified(woken)));
    CHECK(woken);
}

static task<> ends(int& count) {
    CO_TRY_VOID(co_await sleep_for(2ms));
    ++count;
    co_return error(async_errc::timed_out, "first");
}

static task<> endless(int& rounds) {
    std::vector<task<>> both;
    both.push_back(forever(rounds));
    both.push_back(forever(rounds));
    co_return co_await first_of(std::move(both));
}

static task<> first_wins(int& count, int& rounds) {
    std::vector<task<>> both;
    both.push_back(forever(rounds));
    both.push_back(ends(count));
    co_return co_await first_of(std::move(both));
}

TEST_CASE("the first to end decides, and the others are joined") {
    int count = 0, rounds = 0;
    auto ended = run_to_end(first_wins(count, rounds));
    REQUIRE(!ended);
    CHECK(ended.error().context() == "first");
    CHECK(count == 1);
}

TEST_CASE("a cancelled first_of joins its members and says so") {
    int rounds = 0;
    auto ended = run_to_end(until(steady::now() + 5ms, endless(rounds)));
    REQUIRE(!ended);
    CHECK(ended.error().code() == async_errc::timed_out);
}

// Cancelled, it needs another moment to end, and counts.
static task<> ends_late(int& ended) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto cancelled = co_await sleep_for(1h);
    co_await asio::this_coro::reset_cancellation_state();
    auto last = co_await sleep_for(5ms);
    if (!cancelled && last) ++ended;
    co_return result<void>();
}

static task<> both_late(int& ended) {
    std::vector<task<>> both;
    both.push_back(ends_late(ended));
    both.push_back(ends_late(ended));
    co_return co_await first_of(std::move(both));
}

static task<> cancelled_twice(int& ended) {
    auto executor = co_await asio::this_coro::executor;
    group members(executor);
    members.spawn("both", both_late(ended));
    CO_TRY_VOID(co_await sleep_for(1ms));
    members.cancel();
    CO_TRY_VOID(co_await sleep_for(1ms));
    members.cancel();
    co_await members.join();
    co_return result<void>();
}

TEST_CASE("members are joined also when they are cancelled once more meanwhile") {
    int ended = 0;
    REQUIRE(run_to_end(cancelled_twice(ended)));
    CHECK(ended == 2);
}
