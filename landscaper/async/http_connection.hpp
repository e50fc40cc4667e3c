// The loop of one HTTP connection: read a request, ask the handler, write the response. Internal to
// http_server.
#pragma once

#include <memory>

#include "landscaper/async/http_server.hpp"
#include "landscaper/async/http_wire.hpp"

namespace landscaper {

struct http_service {
    http_handler handler;
    http_limits limits;
    http_server::counters counted;
};

// Serves requests until either side ends the connection.
task<> serve_http(std::shared_ptr<http_wire> wire, http_peer peer, std::shared_ptr<http_service> service);

}  // namespace landscaper
