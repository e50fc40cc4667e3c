#include "landscaper/daemon/inventory_watch.hpp"

#include <sys/inotify.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/file.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

static std::string path_in(const std::string& folder) {
    return folder + "/inventory.yaml";
}

static inventory::problems unreadable(const std::string& path, const error& why) {
    inventory::problem one;
    one.file = path;
    one.what = why.code().message();
    one.remedy = "make one with `landscaper init`, or name its folder with --network";
    return {one};
}

inventory::parsed read_inventory(const std::string& folder) {
    auto path = path_in(folder);
    auto text = read_file(path, std::size_t{8} << 20);
    if (!text) return unreadable(path, text.error());
    return inventory::parse(*text, path);
}

static task<> read_events(asio::posix::stream_descriptor& from) {
    char buffer[4096];
    auto [failed, count] = co_await from.async_read_some(asio::buffer(buffer), as_result);
    static_cast<void>(count);
    if (failed) co_return error(failed);
    co_return result<void>();
}

task<> watch_inventory(std::string folder, std::function<task<>(inventory::rack)> good,
                       std::function<void(const inventory::problems&)> bad) {
    auto executor = co_await asio::this_coro::executor;
    int watch = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0) co_return errno_error("inotify");
    ::inotify_add_watch(watch, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE);
    asio::posix::stream_descriptor events(executor, watch);
    std::string last = "\n";  // no file begins like this and is empty else
    for (;;) {
        // Content, not time stamps: two writes within one tick of the clock are two contents.
        auto text = read_file(path_in(folder), std::size_t{8} << 20);
        auto now = text ? "+" + *text : "-" + text.error().message();
        if (now != last) {
            last = now;
            auto parsed = text ? inventory::parse(*text, path_in(folder))
                               : inventory::parsed(unreadable(path_in(folder), text.error()));
            if (parsed) {
                CO_TRY_VOID(co_await good(*parsed));
            } else {
                bad(parsed.error());
            }
        }
        auto woken = co_await until(steady::now() + 2s, read_events(events));
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
}

}  // namespace landscaper::daemon
