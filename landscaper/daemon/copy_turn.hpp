// A host's place among those that copy from this appliance; given back when it goes out of scope.
#pragma once

#include <string>
#include <utility>

#include "landscaper/async/event.hpp"
#include "landscaper/install/copy_queue.hpp"

namespace landscaper::daemon {

struct copy_line {
    copy_line(const asio::any_io_executor& executor, std::uint64_t limit) : queue(limit), changed(executor) {}
    install::copy_queue queue;
    event changed;  // somebody may copy now who could not before
};

class copy_turn {
  public:
    copy_turn(copy_line& line, std::string host, std::uint64_t bytes)
        : line_(line), host_(std::move(host)), bytes_(bytes) {}
    copy_turn(const copy_turn&) = delete;
    copy_turn& operator=(const copy_turn&) = delete;
    ~copy_turn() {
        line_.queue.leave(host_);
        line_.changed.notify();
    }

    install::copy_queue::place ask() { return line_.queue.ask(host_, bytes_); }
    event& changed() { return line_.changed; }
    void copied(std::uint64_t bytes) {
        auto left = bytes < bytes_ ? bytes_ - bytes : 0;
        if (line_.queue.remains(host_, left)) line_.changed.notify();
    }

  private:
    copy_line& line_;
    std::string host_;
    std::uint64_t bytes_;
};

}  // namespace landscaper::daemon
