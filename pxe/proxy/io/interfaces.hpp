// The interfaces of this machine and their IPv4 addresses, kept current as they come and go.
// Asks the kernel only; changes nothing.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/base/ip_address.hpp"

namespace pxe::proxy {

struct interface {
    std::string name;
    std::vector<landscaper::ip_prefix> addresses;  // IPv4
};

class interfaces {
  public:
    explicit interfaces(const boost::asio::any_io_executor& executor);

    // Reads them anew after every change that the kernel tells of. Without netlink it only ends when
    // cancelled, and find() looks again once a second.
    landscaper::task<> watch();

    // None when there is no such interface. Looks again at once when the packet knows more than we do: an
    // index or an address of ours (`preferred`) that came a moment ago, its notice not yet read.
    const interface* find(unsigned index, landscaper::ipv4_address preferred);
    const std::unordered_map<unsigned, interface>& all() const { return by_index_; }
    // Every address of this machine.
    const std::vector<landscaper::ipv4_address>& own() const { return own_; }

  private:
    void refresh();
    bool is_stale(unsigned index, landscaper::ipv4_address preferred) const;

    boost::asio::posix::stream_descriptor changes_;
    std::unordered_map<unsigned, interface> by_index_;
    std::vector<landscaper::ipv4_address> own_;
    std::chrono::steady_clock::time_point looked_{};
};

// The address that a client on `at` is told to be ours: the one it wrote to, else one in its own network
// (`peer`: ciaddr, source or relay; zero when unknown), else the one that the kernel would send from, else
// the first. Zero when the interface has none.
landscaper::ipv4_address address_for(const interface& at, landscaper::ipv4_address written_to,
                                     landscaper::ipv4_address peer, landscaper::ipv4_address preferred);

}  // namespace pxe::proxy
