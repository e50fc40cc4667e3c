// HTTP/1.1 and 1.0 for one listening socket, TCP or Unix: requests in, responses out, bodies from extents by
// sendfile. Knows no routes; never redirects, authenticates or opens a file.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "landscaper/async/line_socket.hpp"
#include "landscaper/async/task.hpp"
#include "landscaper/base/content.hpp"
#include "landscaper/base/ip_address.hpp"

namespace landscaper {

struct http_field {
    std::string name;
    std::string value;
    friend bool operator==(const http_field&, const http_field&) = default;
};

// Who asks: an address for TCP, credentials for a Unix socket.
struct http_peer {
    std::optional<ip_address> address;
    std::optional<ip_address> local;  // the address of ours that was asked
    std::uint16_t port = 0;
    std::optional<unix_peer> credentials;
    int interface = 0;  // index of the interface for link-local IPv6 peers, else 0
};

struct http_request {
    std::string method;  // as sent: "GET"
    std::string target;  // as sent: path and query, nothing decoded
    std::vector<http_field> headers;
    std::string body;
    http_peer peer;

    // The value of the first such field, by case-insensitive name; none when absent.
    std::optional<std::string_view> header(std::string_view name) const;
};

// Where a streaming body writes. Fails once the client is gone or a single write has stalled for the idle
// deadline.
class http_stream {
  public:
    virtual task<> write(std::string chunk) = 0;

  protected:
    ~http_stream() = default;
};
// Writes chunks until it returns; an error cuts the connection, so that the client sees an incomplete body. A
// client that leaves is noticed at the next write: write a comment line now and then (server-sent events).
using http_streaming_body = std::function<task<>(http_stream&)>;

// How far a response's body has got; reported after each write to the socket, and once with `ended`.
struct http_sent {
    std::uint64_t bytes = 0;  // of the body
    bool ended = false;
    bool complete = false;  // every byte was handed to the kernel
};

struct http_response {
    unsigned status = 200;
    std::vector<http_field> headers;  // Content-Length, Transfer-Encoding, Connection and Date are added here
    std::variant<std::string, content, http_streaming_body> body;
    std::function<void(const http_sent&)> on_sent;  // may be empty
    // With HEAD the body's length is told and the body is not sent.
};

using http_handler = std::function<asio::awaitable<http_response>(http_request)>;

struct http_limits {
    std::size_t header = 16 * 1024;    // bytes of request line and fields; above: 431
    std::uint64_t body = 64 * 1024;    // bytes; above: 413
    std::chrono::seconds idle{60};     // no byte read or written for so long ends the connection
    std::chrono::seconds request{20};  // from the first byte of a request to its last
    std::size_t connections = 8192;    // above: accepted and closed at once
};

// Serves connections of listening sockets. The handler runs on the executor's thread.
class http_server {
  public:
    http_server(const asio::any_io_executor& executor, http_handler handler, http_limits limits = {});
    ~http_server();
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    // Accepts until cancelled, then ends its connections and joins them. May run for several sockets at once.
    task<> serve(unique_fd listening);
    // Serves one connection until it ends.
    task<> serve_connection(unique_fd connection);

    struct counters {
        std::uint64_t accepted = 0, requests = 0, refused = 0;
        std::size_t open = 0;
    };
    const counters& counted() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace landscaper
