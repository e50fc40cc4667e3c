#include "landscaper/async/turns.hpp"

#include <algorithm>

namespace landscaper {

turns::turns(const asio::any_io_executor& executor, unsigned most)
    : queue_(std::make_shared<queue>(executor, std::max(most, 1U))) {}

task<turns::turn> turns::take() {
    auto line = queue_;
    auto mine = ++line->newest;
    line->waiting.push_back(mine);
    while (line->taken == line->most || line->waiting.front() != mine) {
        auto woken = co_await line->changed.wait();
        if (woken) continue;
        std::erase(line->waiting, mine);
        line->changed.notify();
        co_return woken.error();
    }
    line->waiting.pop_front();
    ++line->taken;
    line->changed.notify();
    auto ended = [line](void*) {
        --line->taken;
        line->changed.notify();
    };
    co_return turn(line.get(), ended);
}

}  // namespace landscaper
