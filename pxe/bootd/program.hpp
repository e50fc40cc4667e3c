// landscaper-bootd as a whole: its servers around one table, from start to stop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "landscaper/async/task.hpp"
#include "pxe/bootd/options.hpp"
#include "pxe/bootd/sockets.hpp"

namespace pxe::bootd {

class program {
  public:
    // Reads the data folder and the hosts of the former run. Fails when --root or --data cannot be opened.
    static landscaper::result<std::unique_ptr<program>> make(const boost::asio::any_io_executor& executor,
                                                             options from, sockets on);
    ~program();

    // Serves until cancelled, then stops and joins everything. An error when a server failed for good.
    landscaper::task<> run();

  private:
    struct parts;
    explicit program(std::unique_ptr<parts> p);
    std::unique_ptr<parts> parts_;
};

}  // namespace pxe::bootd
