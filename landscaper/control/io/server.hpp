// The control socket: HTTP/1.1 and JSON over a Unix socket, server-sent events for the stream. Mode 0666; the
// kernel's word on who asks decides what is allowed.
#pragma once

#include <memory>
#include <string>

#include "landscaper/async/http_server.hpp"
#include "landscaper/control/io/backend.hpp"
#include "landscaper/control/route.hpp"

namespace landscaper::control {

class server {
  public:
    server(const asio::any_io_executor& executor, backend& behind);

    // Binds `path`. A socket left by a killed serve is replaced; one that answers is another serve, an error,
    // and so is anything at `path` that is no socket.
    result<void> listen(const std::string& path);
    // Serves until cancelled, then removes the socket.
    task<> run();

  private:
    asio::awaitable<http_response> answer(http_request request);
    task<http_response> answer_route(route wanted, std::string who);
    task<> stream(http_stream& to);
    task<> stream_resource(post_host_resource wanted, http_stream& to);
    task<> stream_operation(post_operation wanted, std::string who, http_stream& to);
    const std::string& event_text();

    backend& backend_;
    std::string event_text_;  // the last publication, written once for all consoles
    std::uint64_t event_number_ = 0;
    http_server http_;
    std::string path_;
    unique_fd listening_;
};

}  // namespace landscaper::control
