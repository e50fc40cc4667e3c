// Requests: which are answered, and how a transfer begins.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "tftpd/digest.hpp"
#include "tftpd/io/addresses.hpp"
#include "tftpd/io/loop.hpp"
#include "tftpd/name.hpp"

namespace tftpd {

// Requests waiting to be served; a rack sends a few thousand at once.
static constexpr std::size_t longest_backlog = 16384;
static constexpr int requests_per_turn = 64;

// All that have come, before any is served: what does not fit the socket's buffer is lost, and asked for
// again only after a second or more.
result<void> server::loop::take_requests() {
    for (;;) {
        TRY(auto in, receive(socket_.get()));
        if (!in) return {};
        if (backlog_.size() < longest_backlog) {
            backlog_.push_back(std::move(*in));
        } else {
            ++counts_.dropped_backlog;
            report_dropped(in->client, {}, "too many requests are waiting");
        }
    }
}

void server::loop::serve_backlog() {
    if (backlog_.empty()) return;
    for (int i = 0; i < requests_per_turn && !backlog_.empty(); ++i) {
        on_datagram(backlog_.front());
        backlog_.pop_front();
    }
    if (backlog_.empty()) backlog_.shrink_to_fit();
}

static bool is_request(bytes_view datagram) {
    return datagram.size() >= 2 && datagram[0] == 0 && (datagram[1] == 1 || datagram[1] == 2);
}

void server::loop::on_datagram(const incoming& in) {
    if (in.to_group) {
        ++counts_.group_addressed;
        return;
    }
    auto p = decode(in.datagram);
    if (auto* asked = p ? std::get_if<request>(&*p) : nullptr) return on_request(in, *asked);
    ++counts_.malformed;
    // Only to what was meant as a request, and never with more bytes than it had.
    static constexpr std::string_view text = "malformed request";
    if (is_request(in.datagram) && in.datagram.size() >= text.size() + 5) {
        answer_error(socket_.get(), in, error_number::illegal_operation, text);
    }
}

void server::loop::on_request(const incoming& in, const request& asked) {
    if (asked.write) return refuse(in, asked, {error_number::access_violation, "this server only reads"});
    ++counts_.requests;
    auto request_digest = digest().add(in.datagram).value();
    if (is_repetition(in, request_digest)) return;
    auto mode = parse_mode(asked.mode);
    if (!mode) return refuse(in, asked, {error_number::illegal_operation, "mode not supported"});
    admit(in, asked, *mode, request_digest);
}

// Whether it belongs to a running transfer. One that asks for something else, or that had no progress for a
// while, has given way by then.
bool server::loop::is_repetition(const incoming& in, std::uint64_t request_digest) {
    auto* s = sessions_.find(flow{in.client, in.local});
    if (!s) return false;
    if (s->record.request_digest != request_digest) {
        s->transfer().end = ending::superseded;
        finish(*s);
        return false;
    }
    auto id = s->id;
    feed(*s, request_repeated{});
    if (!sessions_.find(id)) return false;
    ++counts_.repeated;
    return true;
}

static refusal refusal_for(const landscaper::error& bad_name) {
    if (bad_name.code() == make_error_code(name_errc::outside)) return refusal::denied();
    return refusal::not_found();
}

void server::loop::admit(const incoming& in, const request& asked, transfer_mode mode, std::uint64_t digest) {
    auto name = normalise(asked.name);
    if (!name) return refuse(in, asked, refusal_for(name.error()));
    counts_.trimmed_names += name->trimmed;
    read_request from{in.client, in.local, in.interface, asked.name, name->path};
    auto found = resolve_(from);
    if (auto* why = std::get_if<refusal>(&found)) return refuse(in, asked, *why);
    begin(from, asked, mode, digest, std::move(std::get<landscaper::content>(found)));
}

void server::loop::refuse(const incoming& in, const request& asked, const refusal& why) {
    if (why.silent) {
        ++counts_.ignored;
        return;
    }
    ++counts_.refused;
    answer_error(socket_.get(), in, why.number, why.text);
    if (!sink_) return;
    transfer_report out;
    out.client = in.client;
    out.local = in.local;
    out.interface = in.interface;
    auto name = normalise(asked.name);
    out.name = name ? name->path : asked.name;
    out.end = ending::refused;
    out.error = static_cast<std::uint16_t>(why.number);
    out.error_text = why.text;
    sink_(out);
}

void server::loop::report_dropped(const endpoint& client, const std::string& name, const char* why) {
    if (!sink_) return;
    transfer_report out;
    out.client = client;
    out.name = name;
    out.end = ending::dropped;
    out.error_text = why;
    sink_(out);
}

static std::uint16_t largest_for(int fd, bool v6) {
    int mtu = 0;
    socklen_t size = sizeof mtu;
    auto level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    auto name = v6 ? IPV6_MTU : IP_MTU;
    if (::getsockopt(fd, level, name, &mtu, &size) < 0 || mtu <= 0) mtu = 1500;
    return blksize_for_mtu(static_cast<std::uint32_t>(mtu), v6);
}

void server::loop::begin(const read_request& from, const request& asked, transfer_mode mode,
                         std::uint64_t digest, landscaper::content content) {
    endpoint local{from.local, 0, is_link_local(from.local) ? from.interface : 0};
    transfer_record record{from.client, local, from.interface, digest, from.asked, from.name, {}};
    auto size = content.size();
    auto* s = add_session(std::move(record), sender_.source_of(std::move(content)));
    if (!s) return report_dropped(from.client, from.name, "no descriptor or port is left");
    auto now = steady::now();
    auto agreed = negotiate(asked.options, mode, largest_for(s->socket.socket.get(), from.local.v6));
    s->transfer() = begin_transfer(agreed, mode, size, now);
    s->reported = now;
    ++counts_.started;
    report(*s, now);
    feed(*s, started{});
}

session* server::loop::add_session(transfer_record record, block_source source) {
    auto socket = tids_.open(record.local, record.client);
    if (!socket) {
        ++counts_.dropped_descriptors;
        return nullptr;
    }
    record.local = socket->port->local;
    auto made = std::make_unique<session>();
    made->record = std::move(record);
    made->source = std::move(source);
    made->socket = std::move(*socket);
    auto& s = sessions_.add(std::move(made));
    auto watched = wakeups_.watch(s.socket.socket.get(), s.id);
    auto port = strangers_id(*s.socket.port);
    if (watched && strangers_.try_emplace(port, s.socket.port).second) {
        watched = wakeups_.watch(s.socket.port->strangers.get(), port);
    }
    if (watched) return &s;
    ++counts_.dropped_descriptors;
    sessions_.remove(s);
    return nullptr;
}

std::vector<transfer_record> server::loop::suspend() {
    std::vector<transfer_record> out;
    for (auto* s : sessions_.all()) {
        out.push_back(s->record);
        strangers_.erase(strangers_id(*s->socket.port));
        sessions_.remove(*s);
    }
    return out;
}

bool server::loop::resume(const transfer_record& record, landscaper::content content) {
    if (content.size() != record.transfer.size || record.transfer.stage == stage::ended) return false;
    auto* s = add_session(record, sender_.source_of(std::move(content)));
    if (!s) return false;
    auto now = steady::now();
    ++counts_.started;
    s->reported = now;
    s->reported_bytes = acknowledged_bytes(s->transfer());
    s->transfer().deadline = now;  // what was sent meanwhile is lost
    deadlines_.schedule(s->id, now, s->scheduled);
    plan_wakeup();
    return true;
}

}  // namespace tftpd
