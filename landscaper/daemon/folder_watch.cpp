#include "landscaper/daemon/folder_watch.hpp"

#include <sys/inotify.h>

#include <boost/asio/buffer.hpp>

#include "landscaper/async/deadline.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

result<folder_watch> folder_watch::open(const asio::any_io_executor& executor, const std::string& folder) {
    int watch = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0) return errno_error("inotify");
    // A folder that is not there yet is looked at every 2 s.
    ::inotify_add_watch(watch, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE);
    return folder_watch(asio::posix::stream_descriptor(executor, watch));
}

static task<> read_events(asio::posix::stream_descriptor& from) {
    char buffer[4096];
    auto [failed, count] = co_await from.async_read_some(asio::buffer(buffer), as_result);
    static_cast<void>(count);
    if (failed) co_return error(failed);
    co_return result<void>();
}

task<> folder_watch::wait() {
    auto woken = co_await until(steady::now() + 2s, read_events(events_));
    if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    co_return result<void>();
}

}  // namespace landscaper::daemon
