// What is served now: the boot table, the network's settings, the Nix cache's folder. Takes the link's
// actions; the servers read it. Never does I/O.
#pragma once

#include <memory>
#include <unordered_map>

#include "pxe/bootd/fetch_watch.hpp"
#include "pxe/bootd/local_hosts.hpp"
#include "pxe/link/receiver.hpp"
#include "pxe/proxy/facts.hpp"
#include "pxe/proxy/table.hpp"

namespace pxe::bootd {

class served {
  public:
    // `generic`: programs that are served without landscaper, from the data folder; the network's own of the
    // same name win. `interfaces` and `http_port`: from the command line.
    served(proxy::shared_objects generic, std::vector<std::string> interfaces, std::uint16_t http_port);

    // The hosts of a former run, until serve pushes its table.
    void start_with(const local_hosts& known);
    void use(link::use_network change);
    void use(link::use_table change);
    void use(link::put_entry change);
    void use(const link::drop_entry& change);

    const boot_table& table() const { return table_; }
    const proxy::network& network() const { return network_; }
    std::shared_ptr<const landscaper::open_file> cache() const { return cache_; }
    fetch_watch& watch() { return watch_; }
    // What belongs on disk now; the version rises whenever that may have changed.
    local_hosts local() const;
    std::uint64_t local_version() const { return local_version_; }

  private:
    void withdraw(const boot_entry& old);

    boot_table table_;
    proxy::network network_;
    proxy::shared_objects generic_;
    std::vector<std::string> own_interfaces_;
    std::shared_ptr<const landscaper::open_file> cache_;
    fetch_watch watch_;
    std::uint64_t local_version_ = 1;
};

}  // namespace pxe::bootd
