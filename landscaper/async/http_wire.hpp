// The socket below one HTTP connection: reads, writes and sendfile, each wait with a deadline. Internal to
// http_server; knows nothing of HTTP.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "landscaper/async/deadline.hpp"
#include "landscaper/base/content.hpp"

namespace landscaper {

class http_wire : public std::enable_shared_from_this<http_wire> {
  public:
    using socket_type = asio::generic::stream_protocol::socket;
    using on_bytes = std::function<void(std::uint64_t)>;

    http_wire(socket_type socket, steady::duration idle);

    // Arms the watch over all waits; call once, after make_shared.
    void start();
    // Appends what has arrived to `into`; false at the end of the stream. Waits until `deadline` at most.
    task<bool> read(std::string& into, steady_time deadline);
    // All of it; `more` says that the next write follows at once (MSG_MORE).
    task<> write(std::string_view data, bool more = false);
    // The content's bytes; calls `moved` with the number of bytes after each step.
    task<> write(const content& body, on_bytes moved);
    // Says that nothing more is sent, and reads what the peer still sends for a moment, so that its kernel
    // does not throw our last words away (RFC 9112 section 9.6).
    task<> close_gently();

    socket_type& socket() { return socket_; }

  private:
    task<> wait(asio::socket_base::wait_type what, steady_time deadline);
    task<> write_file(const file_extent& part, const on_bytes& moved);
    task<> write_zeros(std::uint64_t count, const on_bytes& moved);
    void watch();

    socket_type socket_;
    asio::steady_timer timer_;
    steady::duration idle_;
    steady_time deadline_ = steady_time::max();  // of the wait under way
    bool overdue_ = false;
};

}  // namespace landscaper
