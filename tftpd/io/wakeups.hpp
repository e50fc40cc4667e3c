// What the kernel has for the server: one epoll set with the listening socket, a timer, all transfers and the
// ports' strangers, itself one descriptor to wait for. Costs a transfer one system call in its life.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace tftpd {

// Ids of transfers have a use count in their high half, so small numbers are free.
inline constexpr std::uint64_t listening_id = 1;
inline constexpr std::uint64_t timer_id = 2;
inline constexpr std::uint64_t others_id = 3;

class wakeups {
  public:
    static landscaper::result<wakeups> make();

    int fd() const { return epoll_.get(); }
    // `who` comes back from ready(). A closed descriptor leaves the set by itself.
    landscaper::result<void> watch(int fd, std::uint64_t who);
    void unwatch(int fd);
    // Ids of descriptors that have something to read, after waiting for up to `patience`; at most `batch`.
    static constexpr std::size_t batch = 64;
    std::span<const std::uint64_t> ready(std::chrono::milliseconds patience);
    // Wakes at `when`, unless it does so earlier anyway.
    void wake_at(std::chrono::steady_clock::time_point when);
    void timer_fired();

  private:
    landscaper::unique_fd epoll_, timer_;
    std::array<std::uint64_t, batch> ids_{};
    std::chrono::steady_clock::time_point armed_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace tftpd
