// The server's one loop: receive, decode, decide, send. Each turn takes what the kernel has ready, a bounded
// amount, so that the program's other servers get theirs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <span>
#include <vector>

#include "tftpd/deadlines.hpp"
#include "tftpd/io/blocks.hpp"
#include "tftpd/io/requests.hpp"
#include "tftpd/io/server.hpp"
#include "tftpd/io/sessions.hpp"
#include "tftpd/io/wakeups.hpp"

namespace tftpd {

class server::loop {
  public:
    loop(boost::asio::any_io_executor executor, landscaper::unique_fd socket, resolver resolve,
         report_sink sink);

    landscaper::task<void> run();
    // Ends all transfers without a word to their clients.
    void end_all(ending how);
    std::vector<transfer_record> suspend();
    bool resume(const transfer_record& record, landscaper::content content);

    const tftpd::counters& counts();
    std::size_t running() const { return sessions_.size(); }
    int listening() const { return socket_.get(); }
    void give_way_to(int fd) { others_.push_back(fd); }
    void leave_from(port_range ports) { tids_.use_only(ports); }

  private:
    // What a turn found.
    enum class harvest : std::uint8_t { nothing, something, more };  // more: and more is ready already
    landscaper::task<void> drain();
    // False when it is time to wait for Asio.
    result<bool> turns();
    result<harvest> turn(time_point end);
    result<void> work_off(time_point end);
    void watch_others();
    std::chrono::milliseconds patience_after(harvest seen);

    // Requests (admission.cpp).
    result<void> take_requests();
    void serve_backlog();
    void on_datagram(const incoming& in);
    void on_request(const incoming& in, const request& asked);
    bool is_repetition(const incoming& in, std::uint64_t digest);
    void admit(const incoming& in, const request& asked, transfer_mode mode, std::uint64_t digest);
    void begin(const read_request& from, const request& asked, transfer_mode mode, std::uint64_t digest,
               landscaper::content content);
    session* add_session(transfer_record record, block_source source);
    void refuse(const incoming& in, const request& asked, const refusal& why);
    void report_dropped(const endpoint& client, const std::string& name, const char* why);

    // Transfers (loop.cpp).
    void on_ready(std::uint64_t id);
    void on_transfer_ready(session& s);
    void on_strangers(std::uint64_t id);
    void wake_due();
    void feed(session& s, const transfer_event& event);
    void perform(session& s, const action& what);
    void perform_blocks(session& s, const send_blocks& what);
    void send(session& s, const packet& p);
    void progress(session& s, time_point now);
    void finish(session& s);
    void report(const session& s, time_point now);
    void keep_versions();
    void plan_wakeup();

    boost::asio::any_io_executor executor_;
    landscaper::unique_fd socket_;
    resolver resolve_;
    report_sink sink_;
    wakeups wakeups_;
    boost::asio::posix::stream_descriptor waiting_;
    tids tids_;
    std::unordered_map<std::uint64_t, std::weak_ptr<tid_port>> strangers_;
    sessions sessions_;
    deadlines deadlines_;
    time_point keep_at_{};  // when to ask next who waits for a file
    block_sender sender_;
    std::chrono::milliseconds patience_{0};   // of the next turn
    int hasty_turns_ = 0;                     // to come, before lingering is tried again
    std::span<const std::uint64_t> pending_;  // ready, and not yet looked at
    bool was_full_ = false;                   // the last batch: there may be more
    std::vector<int> others_;                 // descriptors of the program's other servers
    bool watches_others_ = false;
    bool others_wait_ = false;
    bool alone_ = true;  // nobody else had anything to do when they last could
    std::deque<incoming> backlog_;
    tftpd::counters counts_;
};

}  // namespace tftpd
