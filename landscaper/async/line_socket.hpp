// Lines of text with file descriptors over a Unix stream socket: the link between landscaper and bootd, both
// sides. Knows nothing of what the lines say. A descriptor arrives with exactly the line it was sent with.
#pragma once

#include <sys/types.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace landscaper {

enum class line_errc {
    closed = 1,      // the peer closed the connection between two lines
    incomplete,      // the peer closed the connection in the middle of a line
    too_long,        // a line of more bytes than allowed
    too_many_files,  // more descriptors on one line than allowed, or this process may open no more
    not_a_line,      // a line to be sent holds a line end, or is too long
};
const char* describe(line_errc code);

struct socket_line {
    std::string text;  // without its line end
    std::vector<unique_fd> descriptors;
};

// Who is at the other end, as the kernel says (SO_PEERCRED: when the connection was made).
struct unix_peer {
    uid_t uid = 0;
    gid_t gid = 0;
    pid_t pid = 0;
};
result<unix_peer> peer_of(int socket);

// One receive() and one send() may be under way at a time, not two of either. Errors end the connection.
class line_socket {
  public:
    using socket_type = asio::local::stream_protocol::socket;
    static constexpr std::size_t default_max_line = 64 * 1024;

    explicit line_socket(socket_type socket, std::size_t max_line = default_max_line);
    static task<line_socket> connect(std::string path);

    result<unix_peer> peer() const;
    // The next line. Waits without deadline: the peer may be silent for days; closing or cancelling ends it.
    task<socket_line> receive();
    // One line (the line end is added here). The descriptors stay the caller's and must be open until this
    // returns.
    task<> send(std::string line, std::vector<int> descriptors = {});
    // Many whole lines, each with its line end, without descriptors.
    task<> send_all(std::string lines);
    // Ends what is under way on either side of the connection.
    void close();
    bool is_open() const { return socket_.is_open(); }

  private:
    result<bool> read_some();
    result<std::size_t> write_some(const char* data, std::size_t size, const std::vector<int>& descriptors);
    task<> write(std::string data, std::vector<int> descriptors);

    socket_type socket_;
    std::size_t max_line_;
    std::string partial_;                         // bytes of a line that has not ended
    std::vector<unique_fd> partial_descriptors_;  // that came with them
    std::deque<socket_line> lines_;
    bool ended_ = false;
};

}  // namespace landscaper

LANDSCAPER_ERROR_ENUM(landscaper, line_errc, "line")
