// The sockets that landscaper-bootd serves on: passed by a service manager by name, or bound here. With
// passed sockets nothing is bound: what was not passed is not served.
#pragma once

#include <string>

#include "landscaper/base/unique_fd.hpp"
#include "pxe/bootd/options.hpp"
#include "pxe/proxy/io/server.hpp"

namespace pxe::bootd {

struct sockets {
    proxy::dhcp_sockets dhcp;    // closed: no DHCP
    landscaper::unique_fd tftp;  // bound UDP
    landscaper::unique_fd http;  // listening TCP
    landscaper::unique_fd link;  // listening Unix: bootd.sock
    std::string made;            // the socket file that was made here, to be removed at the end
};

// From LISTEN_FDS with LISTEN_FDNAMES dhcp, pxe, tftp, http, bootd; else bound as the options say. The error
// names the port, the process that holds it, and the remedy.
landscaper::result<sockets> open_sockets(const options& from);

// A listening Unix socket, 0600. A file that nobody answers on is replaced.
landscaper::result<landscaper::unique_fd> listen_on_file(const std::string& path);

}  // namespace pxe::bootd
