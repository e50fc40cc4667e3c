// Owns coroutines: nothing is spawned without a group, and the group joins them when it stops.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "landscaper/async/event.hpp"

namespace landscaper {

class group {
  public:
    // Told when a member ends: its name, and the error it ended with (none for success and cancellation).
    using on_end = std::function<void(const std::string& name, const error* failure)>;

    explicit group(const asio::any_io_executor& executor, on_end ended = {});
    group(const group&) = delete;
    group& operator=(const group&) = delete;
    ~group();

    // Starts a member. One that throws cancels its siblings; failed() is then true and the program should
    // exit 1.
    void spawn(std::string name, task<> member);
    // Asks all members to stop, without waiting.
    void cancel();
    // Cancels all members and waits until the last has ended, however often the caller is cancelled
    // meanwhile.
    asio::awaitable<void> stop();
    // Waits until no member is left.
    asio::awaitable<void> join();

    std::size_t size() const { return members_.size(); }
    bool failed() const { return failed_; }

  private:
    struct member {
        std::string name;
        asio::cancellation_signal signal;
    };
    void ended(std::list<member>::iterator which, const error* failure, bool threw);

    asio::any_io_executor executor_;
    on_end on_end_;
    std::list<member> members_;
    event changed_;
    bool failed_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Whether that is how a cancelled coroutine ends whose work has swallowed its cancellation: its next co_await
// throws. For members that others wait for, who have to be told all the same.
bool is_cancellation(const boost::system::system_error& thrown);

// Both run members that may borrow the caller's frame: none outlives the call. Cancelled, they cancel and
// join the members and return `cancelled`, which the caller must pass on, for its own cancellation has been
// spent on the joining.
//
// Runs all until the last has ended; what they return is theirs to keep.
task<> all_of(std::vector<task<>> members);
// Runs all until the first ends, cancels and joins the others, and returns the first's result.
task<> first_of(std::vector<task<>> members);

}  // namespace landscaper
