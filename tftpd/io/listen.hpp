// The socket that requests arrive on. Never reads from it.
#pragma once

#include <string>

#include "landscaper/base/error.hpp"
#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace tftpd {

// A bound UDP socket. `::` listens on IPv4 and IPv6 alike. Port 0 lets the kernel choose (tests).
// `device` restricts it to one interface when not empty.
landscaper::result<landscaper::unique_fd> bind_socket(const landscaper::ip_address& address,
                                                      std::uint16_t port, const std::string& device = {});

// Raises the soft limit of descriptors to the hard limit; the limit afterwards. One transfer takes one
// descriptor, and now and then a second.
std::size_t raise_descriptor_limit();

}  // namespace tftpd
