// Wakes when something in a folder changes: inotify, since editors replace files, and every 2 s besides, for
// network file systems and folders beneath.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>

#include "landscaper/async/task.hpp"

namespace landscaper::daemon {

class folder_watch {
  public:
    static result<folder_watch> open(const asio::any_io_executor& executor, const std::string& folder);
    // Returns when something may have changed; cancelled when the coroutine is.
    task<> wait();

  private:
    explicit folder_watch(asio::posix::stream_descriptor events) : events_(std::move(events)) {}
    asio::posix::stream_descriptor events_;
};

}  // namespace landscaper::daemon
