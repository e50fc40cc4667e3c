// The DHCP and PXE boot server: two wildcard UDP sockets, one loop each that receives, decodes, decides and
// sends. Never opens or writes a file and never blocks on the way of a packet.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "landscaper/async/task.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "pxe/proxy/seen.hpp"
#include "pxe/proxy/table.hpp"

namespace pxe::proxy {

struct dhcp_sockets {
    landscaper::unique_fd dhcp;         // port 67
    landscaper::unique_fd boot_server;  // port 4011; may be closed
};

struct dhcp_counters {
    std::uint64_t received = 0;
    std::uint64_t malformed = 0;
    std::uint64_t answered = 0;
    std::uint64_t unsent = 0;  // the kernel refused to send
};

class dhcp_server {
  public:
    using sink = std::function<void(const seen&)>;

    // `table` and `settings` outlive the server, may change between packets, and are read on the loop's
    // thread.
    dhcp_server(boost::asio::any_io_executor executor, dhcp_sockets sockets, const boot_table& table,
                const network& settings, sink report);
    ~dhcp_server();

    // Serves until cancelled. Ends with an error only when a socket fails for good.
    landscaper::task<> run();
    // Answers nothing more (true) because another landscaper was on this segment first.
    void yield(bool yes);
    const dhcp_counters& counters() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace pxe::proxy
