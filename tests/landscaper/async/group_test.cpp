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
