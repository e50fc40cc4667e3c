// What the parts of `serve` share: one of each, on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "landscaper/daemon/artefacts.hpp"
#include "landscaper/daemon/bootd_link.hpp"
#include "landscaper/daemon/copy_turn.hpp"
#include "landscaper/daemon/options.hpp"
#include "landscaper/inventory/rack.hpp"
#include "landscaper/ledger/io/store.hpp"
#include "landscaper/nix/io/store.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::daemon {

struct rack_context {
    asio::any_io_executor executor;
    options opts;
    std::unique_ptr<ledger::store> ledger;
    std::unique_ptr<nix::store> nix;
    std::unique_ptr<daemon::artefacts> artefacts;
    std::unique_ptr<bootd_link> link;
    std::unique_ptr<copy_line> copies;
    inventory::rack inventory;  // the last good one
    ssh::client_config ssh;
    ssh::key_pair client;           // landscaper's own key, which hosts accept
    std::string cache_key;          // "landscaper-RACK:BASE64"
    std::function<void()> changed;  // publish a new snapshot soon
    std::function<void(const std::string& host, const std::string& text)> log;  // one line for the screen

    // Where `address` reaches us: "10.0.0.1"; empty when we have no address.
    std::string appliance_for(const std::optional<ip_address>& address) const;
    std::string cache_url_for(const std::optional<ip_address>& address) const;
};

inline constexpr int http_port = 8069;

// Milliseconds since the Unix epoch, by CLOCK_REALTIME.
ledger::unix_ms now_ms();

}  // namespace landscaper::daemon
