#include "tftpd/io/wakeups.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>

namespace tftpd {

using landscaper::errno_error;
using time_point = std::chrono::steady_clock::time_point;

landscaper::result<wakeups> wakeups::make() {
    wakeups out;
    out.epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    out.timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!out.epoll_ || !out.timer_) return errno_error("TFTP server");
    TRY_VOID(out.watch(out.timer_.get(), timer_id));
    return out;
}

landscaper::result<void> wakeups::watch(int fd, std::uint64_t who) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = who;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0) return errno_error("TFTP server: epoll");
    return {};
}

void wakeups::unwatch(int fd) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const std::uint64_t> wakeups::ready(std::chrono::milliseconds patience) {
    std::array<epoll_event, batch> events;
    auto wait = static_cast<int>(patience.count());
    auto count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait);
    auto used = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t i = 0; i < used; ++i) ids_[i] = events[i].data.u64;
    return std::span(ids_).first(used);
}

void wakeups::wake_at(time_point when) {
    if (when >= armed_) return;
    armed_ = when;
    // A zero would disarm it.
    auto since = std::max(when.time_since_epoch(), time_point::duration(1));
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    itimerspec spec{};
    spec.it_value.tv_sec = static_cast<time_t>(seconds.count());
    spec.it_value.tv_nsec = static_cast<long>((since - seconds).count());
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void wakeups::timer_fired() {
    std::uint64_t count = 0;
    if (::read(timer_.get(), &count, sizeof count) > 0) armed_ = time_point::max();
}

}  // namespace tftpd
