// bootd's end of bootd.sock: takes the table from serve and tells it events. One serve at a time; the table
// stays when it goes. Never waits for serve: events wait in their ring.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "landscaper/async/group.hpp"
#include "landscaper/async/line_socket.hpp"
#include "pxe/bootd/served.hpp"
#include "pxe/link/receiver.hpp"
#include "pxe/link/ring.hpp"

namespace pxe::bootd {

class link_server {
  public:
    // Makes what belongs on disk durable; awaited before a change is acknowledged.
    using persist = std::function<landscaper::task<>()>;

    link_server(const boost::asio::any_io_executor& executor, served& now, link::event_ring& ring,
                persist keep);

    // Accepts until cancelled, then ends its connections. Peers other than root, this process's user and the
    // owner of the socket's file are turned away.
    landscaper::task<> run(landscaper::unique_fd listening);
    // There are new events.
    void wake();
    bool is_connected() const { return current_ != nullptr; }

  private:
    struct connection;
    landscaper::task<> serve(std::shared_ptr<connection> c);
    landscaper::task<> read(std::shared_ptr<connection> c);
    landscaper::task<> write(std::shared_ptr<connection> c);
    landscaper::task<bool> act(std::shared_ptr<connection> c, link::link_action action);
    void greet(connection& c, const link::hello& peer);

    boost::asio::any_io_executor executor_;
    served& now_;
    link::event_ring& ring_;
    persist keep_;
    std::shared_ptr<connection> current_;
};

}  // namespace pxe::bootd
