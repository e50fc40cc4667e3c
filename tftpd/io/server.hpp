// The TFTP server: one socket for requests, one connected socket per transfer, one loop. Reads only.
// Never blocks, never starts a thread, never opens a file: content comes from the resolver.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "tftpd/record.hpp"
#include "tftpd/report.hpp"
#include "tftpd/source.hpp"

namespace tftpd {

class server {
  public:
    // `socket` is a bound UDP socket of either family (from LISTEN_FDS or bind_socket). `report` may be
    // empty. Throws std::system_error when the kernel refuses an epoll or timer descriptor.
    server(boost::asio::any_io_executor executor, landscaper::unique_fd socket, resolver resolve,
           report_sink report = {});
    ~server();
    server(server&&) noexcept;
    server& operator=(server&&) noexcept;

    // Serves until cancelled (asio::error::operation_aborted) or until its own descriptors fail.
    // Cancelling ends the transfers as `stopped`, except those taken by suspend().
    landscaper::task<void> run();

    // Another server's descriptor on the same executor, open as long as run(): while transfers run, something
    // to read there ends a wait for the next ACK.
    void give_way_to(int fd);

    // Transfers leave from these ports only; before run().
    void leave_from(port_range ports);

    const counters& counts() const;
    std::size_t running() const;
    // Port that requests are received on, for tests with port 0.
    std::uint16_t port() const;

    // For a restart: the state of every running transfer, after which this server knows none of them. No
    // ERROR is sent; the client sees a pause. resume() goes on from such a state with the same content, on
    // the same port; false when its port is taken or a socket cannot be made.
    std::vector<transfer_record> suspend();
    bool resume(const transfer_record& record, landscaper::content content);

  private:
    class loop;
    std::unique_ptr<loop> loop_;
};

}  // namespace tftpd
