#include "landscaper/async/turns.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "landscaper/async/group.hpp"
#include "tests/landscaper/async/run.hpp"

using namespace landscaper;

namespace {

struct fair {
    asio::io_context context{1};
    turns line;
    group users{context.get_executor()};
    event go_on{context.get_executor()};
    std::vector<int> begun;
    unsigned at_once = 0, most_at_once = 0;

    explicit fair(unsigned most) : line(context.get_executor(), most) {}

    // Keeps its turn until the next go_on.
    task<> use(int number) {
        CO_TRY(auto mine, co_await line.take());
        begun.push_back(number);
        most_at_once = std::max(most_at_once, ++at_once);
        auto woken = co_await go_on.wait();
        --at_once;
        co_return woken;
    }
    void come(int number) { users.spawn("user", use(number)); }
    void settle() {
        context.restart();
        context.poll();
    }
};

}  // namespace

TEST_CASE("no more than so many have their turn, and the others come in their order") {
    fair f(2);
    for (int i = 0; i < 5; ++i) f.come(i);
    f.settle();
    CHECK(f.begun == std::vector{0, 1});
    f.go_on.notify();
    f.settle();
    CHECK(f.begun == std::vector{0, 1, 2, 3});
    f.go_on.notify();
    f.settle();
    CHECK(f.begun == std::vector{0, 1, 2, 3, 4});
    f.go_on.notify();
    f.settle();
    CHECK(f.most_at_once == 2);
    CHECK(f.line.taken() == 0);
}

TEST_CASE("who is cancelled while it waits or while it has its turn leaves both to the next") {
    fair f(1);
    group given_up(f.context.get_executor());
    given_up.spawn("first", f.use(0));
    given_up.spawn("second", f.use(1));
    f.come(2);
    f.settle();
    CHECK(f.begun == std::vector{0});
    given_up.cancel();
    f.settle();
    CHECK(f.begun == std::vector{0, 2});
    CHECK(f.line.taken() == 1);
    f.go_on.notify();
    f.settle();
    CHECK(f.line.taken() == 0);
}

TEST_CASE("a turn outlives the line") {
    asio::io_context context(1);
    turns::turn kept;
    {
        turns line(context.get_executor(), 0);
        auto take = [&]() -> task<> {
            CO_TRY(kept, co_await line.take());
            co_return result<void>();
        };
        group user(context.get_executor());
        user.spawn("user", take());
        context.poll();
        CHECK(line.taken() == 1);
    }
    kept.reset();
}
