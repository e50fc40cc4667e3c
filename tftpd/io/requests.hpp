// The listening socket: who asked what, at which of our addresses; and errors back to them. Never decides.
#pragma once

#include "landscaper/base/error.hpp"
#include "tftpd/source.hpp"

namespace tftpd {

struct incoming {
    endpoint client;
    landscaper::ip_address local;  // the address that was asked, and is answered from
    std::uint32_t interface = 0;
    bool to_group = false;  // broadcast or multicast
    bytes datagram;
};

// Prepares a bound socket: destination addresses, a large receive buffer (a rack that is switched on at once
// is thousands of requests in a few milliseconds), non-blocking.
result<void> prepare_listening(int fd);

// The next datagram; none when there is none. Errors are those of the socket itself.
result<std::optional<incoming>> receive(int fd);

// From the listening socket's port and the address that was asked. A lost answer is asked for again.
void answer_error(int fd, const incoming& to, error_number number, std::string_view text);

}  // namespace tftpd
