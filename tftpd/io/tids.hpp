// The ports that transfers leave from (TIDs). A transfer has a connected socket, which is fast and hears of a
// closed port; but the kernel then rejects strangers itself. So a few transfers share a port with one
// unconnected socket, which hears the strangers and answers ERROR 5 (RFC 1350 section 4).
#pragma once

#include <memory>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "tftpd/source.hpp"

namespace tftpd {

// Lives as long as one of its transfers.
struct tid_port {
    landscaper::unique_fd strangers;
    endpoint local;
    std::vector<endpoint> clients;  // all that ever had a transfer here: each gets a port only once
};

struct tid {
    std::shared_ptr<tid_port> port;
    landscaper::unique_fd socket;  // bound to the port, connected to the client, non-blocking
};

class tids {
  public:
    // For a firewall that knows no TFTP. Where more clients come than 24 per port, ports take more of them.
    void use_only(port_range range) { range_ = range; }
    // A port that this client has not had, from `local`. With `local.port` set, that very port (a resumed
    // transfer). Fails when descriptors or ports run out, or there is no way to the client.
    result<tid> open(endpoint local, const endpoint& client);

  private:
    result<std::shared_ptr<tid_port>> port_for(const endpoint& local, const endpoint& client);

    result<std::shared_ptr<tid_port>> unused_port(endpoint local);
    std::shared_ptr<tid_port> emptiest_port(const endpoint& local, const endpoint& client) const;

    port_range range_;
    // Those that still take clients, one per local address; all of them where there are no others.
    std::vector<std::weak_ptr<tid_port>> open_ports_;
};

// What its strangers' socket is called among the kernel's events: no transfer has such an id.
inline std::uint64_t strangers_id(const tid_port& port) {
    return std::uint64_t{1} << 63 | static_cast<std::uint32_t>(port.strangers.get());
}

// Reads one datagram from a stranger and answers it. False when there was none.
bool answer_stranger(const tid_port& port, std::uint64_t& answered);

}  // namespace tftpd
