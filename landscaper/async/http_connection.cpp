#include "landscaper/async/http_connection.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "landscaper/base/http_date.hpp"
#include "landscaper/base/overloaded.hpp"

namespace landscaper {

namespace http = boost::beast::http;

namespace {

using parser_type = http::request_parser<http::string_body>;

// What the loop must know of a request beside what the handler gets.
struct received {
    http_request request;
    unsigned version = 11;
    bool keep_alive = false;
};

// How to answer bytes that are no request.
unsigned status_of(error_code code) {
    if (code == http::error::header_limit || code == http::error::buffer_overflow) return 431;
    if (code == http::error::body_limit) return 413;
    if (code == http::error::bad_version) return 505;
    return 400;
}

// No line end from a handler may start a field of its own.
std::string one_line(std::string value) {
    for (auto& c : value) {
        if (c == '\r' || c == '\n' || c == '\0') c = ' ';
    }
    return value;
}

std::string head_text(const http::response<http::empty_body>& head) {
    auto copy = head;
    http::response_serializer<http::empty_body> serializer(copy);
    std::string text;
    error_code failed;
    while (!serializer.is_header_done() && !failed) {
        serializer.next(failed, [&](error_code&, const auto& buffers) {
            for (auto part : boost::beast::buffers_range_ref(buffers)) {
                text.append(static_cast<const char*>(part.data()), part.size());
            }
            serializer.consume(boost::beast::buffer_bytes(buffers));
        });
    }
    return text;
}

// Says `ended` once, however the response ends.
class sent_report {
  public:
    explicit sent_report(std::function<void(const http_sent&)> tell) : tell_(std::move(tell)) {}
    ~sent_report() {
        if (!tell_) return;
        sent_.ended = true;
        tell_(sent_);
    }
    void moved(std::uint64_t bytes) {
        sent_.bytes += bytes;
        if (tell_) tell_(sent_);
    }
    void complete() { sent_.complete = true; }

  private:
    std::function<void(const http_sent&)> tell_;
    http_sent sent_;
};

class chunked_stream final : public http_stream {
  public:
    chunked_stream(http_wire& wire, sent_report& report, bool chunked)
        : wire_(wire), report_(report), chunked_(chunked) {}

    task<> write(std::string chunk) override {
        if (chunk.empty()) co_return result<void>();  // an empty chunk would end the body
        auto bytes = chunk.size();
        if (chunked_) {
            char size[24];
            std::snprintf(size, sizeof size, "%zx\r\n", bytes);
            chunk.insert(0, size).append("\r\n");
        }
        CO_TRY_VOID(co_await wire_.write(chunk));
        report_.moved(bytes);
        co_return result<void>();
    }
    task<> finish() {
        if (!chunked_) co_return result<void>();
        auto sent = co_await wire_.write("0\r\n\r\n");
        co_return sent;
    }

  private:
    http_wire& wire_;
    sent_report& report_;
    bool chunked_;
};

class connection {
  public:
    connection(std::shared_ptr<http_wire> wire, http_peer peer, std::shared_ptr<http_service> service)
        : wire_(std::move(wire)), peer_(std::move(peer)), service_(std::move(service)) {}

    task<> run() {
        for (bool going = true; going;) {
            CO_TRY(auto asked, co_await receive());
            if (!asked) break;
            ++service_->counted.requests;
            bool is_head = asked->request.method == "HEAD";
            auto keep = asked->keep_alive;
            auto version = asked->version;
            auto response = co_await service_->handler(std::move(asked->request));
            CO_TRY(going, co_await respond(std::move(response), version, is_head, keep));
        }
        co_return result<void>();
    }

  private:
    // The next request; none when the client has nothing more to ask, or was told off.
    task<std::optional<received>> receive();
    task<bool> respond(http_response response, unsigned version, bool is_head, bool keep_alive);
    task<> write_body(http_response& response, bool chunked, sent_report& report);
    task<> tell_off(unsigned status);
    received take(parser_type& parser) const;

    std::shared_ptr<http_wire> wire_;
    http_peer peer_;
    std::shared_ptr<http_service> service_;
    std::string in_;  // read, not yet parsed: pipelined requests wait here
};

task<std::optional<received>> connection::receive() {
    parser_type parser;
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(service_->limits.header));
    parser.body_limit(service_->limits.body);
    auto deadline = steady::now() + service_->limits.idle;
    bool continued = false;
    bool started = false;
    while (!parser.is_done()) {
        if (!in_.empty()) {
            if (!std::exchange(started, true)) deadline = steady::now() + service_->limits.request;
            error_code failed;
            auto used = parser.put(asio::buffer(in_), failed);
            in_.erase(0, used);
            if (parser.is_done()) break;
            if (failed && failed != http::error::need_more) {
                auto status = status_of(failed);
                CO_TRY_VOID(co_await tell_off(status));
                co_return std::nullopt;
            }
            if (!failed && used > 0 && !in_.empty()) continue;
        }
        if (parser.is_header_done() && !continued &&
            boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            continued = true;
            CO_TRY_VOID(co_await wire_->write("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        CO_TRY(bool more, co_await wire_->read(in_, deadline));
        if (!more) co_return std::nullopt;
    }
    co_return take(parser);
}

received connection::take(parser_type& parser) const {
    auto message = parser.release();
    received out;
    out.version = message.version();
    out.keep_alive = message.keep_alive();
    out.request.method = std::string(message.method_string());
    out.request.target = std::string(message.target());
    for (const auto& field : message) {
        out.request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    out.request.body = std::move(message.body());
    out.request.peer = peer_;
    return out;
}

task<> connection::tell_off(unsigned status) {
    ++service_->counted.refused;
    http_response response;
    response.status = status;
    CO_TRY_VOID(co_await respond(std::move(response), 11, false, false));
    auto closed = co_await wire_->close_gently();
    co_return closed;
}

bool has_no_body(unsigned status) {
    return status == 304 || status == 204 || status < 200;
}

std::optional<std::uint64_t> length_of_body(const http_response& response) {
    return std::visit(
        overloaded{[](const std::string& text) { return std::optional<std::uint64_t>(text.size()); },
                   [](const content& body) { return std::optional<std::uint64_t>(body.size()); },
                   [](const http_streaming_body&) { return std::optional<std::uint64_t>(); }},
        response.body);
}

task<bool> connection::respond(http_response response, unsigned version, bool is_head, bool keep_alive) {
    sent_report report(std::move(response.on_sent));
    auto length = length_of_body(response);
    bool chunked = !length && version >= 11;
    bool keep = keep_alive && (length || chunked);
    bool bare = is_head || has_no_body(response.status);

    http::response<http::empty_body> head;
    head.version(version);
    head.result(response.status);
    for (auto& field : response.headers) head.insert(field.name, one_line(std::move(field.value)));
    head.set(http::field::date, http_date(std::time(nullptr)));
    if (chunked) head.set(http::field::transfer_encoding, "chunked");
    if (length && !has_no_body(response.status)) head.content_length(*length);
    if (!keep) head.set(http::field::connection, "close");
    if (keep && version == 10) head.set(http::field::connection, "keep-alive");
    auto text = head_text(head);

    const auto* small = std::get_if<std::string>(&response.body);
    if (small && !bare) text += *small;  // one packet
    bool body_follows = !bare && !small && length.value_or(0) > 0;
    CO_TRY_VOID(co_await wire_->write(text, body_follows));
    if (small && !bare) report.moved(small->size());
    if (!small && !bare) {
        CO_TRY_VOID(co_await write_body(response, chunked, report));
    }
    report.complete();
    co_return keep;
}

task<> connection::write_body(http_response& response, bool chunked, sent_report& report) {
    if (const auto* body = std::get_if<content>(&response.body)) {
        auto sent = co_await wire_->write(*body, [&report](std::uint64_t bytes) { report.moved(bytes); });
        co_return sent;
    }
    chunked_stream stream(*wire_, report, chunked);
    auto& produce = std::get<http_streaming_body>(response.body);
    CO_TRY_VOID(co_await produce(stream));
    auto finished = co_await stream.finish();
    co_return finished;
}

}  // namespace

task<> serve_http(std::shared_ptr<http_wire> wire, http_peer peer, std::shared_ptr<http_service> service) {
    wire->start();
    connection served(std::move(wire), std::move(peer), std::move(service));
    auto ended = co_await served.run();
    co_return ended;
}

}  // namespace landscaper
