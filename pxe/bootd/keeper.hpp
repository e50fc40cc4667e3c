// Keeps STATE/local.json as the table says, on a thread of its own, so that no packet waits for the disk.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>

#include "landscaper/async/task.hpp"
#include "pxe/bootd/served.hpp"

namespace pxe::bootd {

class keeper {
  public:
    keeper(std::string folder, const served& now);

    // What was kept; nothing when there is no file yet.
    landscaper::result<local_hosts> load();
    // Ends when what the table says is durable; at once when that is so already.
    landscaper::task<> keep();

  private:
    std::string path_;
    const served& now_;
    local_hosts kept_;
    bool is_known_ = false;      // kept_ is what the file holds
    std::uint64_t version_ = 0;  // of the table that was kept
    boost::asio::thread_pool disk_{1};
};

}  // namespace pxe::bootd
