// The transfer machine and a model client over a link in simulated time, which loses, doubles or delays
// chosen packets. No sockets, no sleeping.
#pragma once

#include <functional>
#include <queue>

#include "landscaper/base/overloaded.hpp"
#include "model_client.hpp"
#include "tftpd/netascii.hpp"
#include "tftpd/transfer.hpp"

namespace tftpd::test {

using namespace std::chrono_literals;

// What becomes of one packet.
struct fate {
    int copies = 1;  // 0: lost
    microseconds delay = 500us;
};
// By the packet's number, counted over both directions, and when it is sent.
using fate_of = std::function<fate(std::size_t number, time_point when)>;

struct outcome {
    bool complete = false;  // the client has every byte, in place
    ending end = ending::running;
    steady::duration took{};  // until the client had it
    std::size_t packets = 0;
    std::uint64_t retransmits = 0;
};

class simulated_link {
  public:
    simulated_link(request asked, bytes content, fate_of fates, habit h = habit::each_time,
                   steady::duration client_timer = 4s)
        : client_(std::move(asked), h),
          content_(std::move(content)),
          fates_(std::move(fates)),
          client_timer_(client_timer) {}

    outcome run(steady::duration limit = 60s) {
        to_server(client_.first());
        client_due_ = now_ + client_timer_;
        while (!over() && now_ < time_point{} + 1h + limit) step();
        return result_;
    }
    // The server's sending call `number` (from 0; OACKs and bursts) fails: nothing leaves, and this happens.
    void fail_send(std::size_t number, transfer_event how) {
        failing_ = number;
        failure_ = std::move(how);
    }
    std::size_t sends() const { return sends_; }
    const model_client& client() const { return client_; }
    const transfer& server() const { return *server_; }

  private:
    struct delivery {
        time_point when;
        std::size_t number;
        bool to_server;
        bytes datagram;
        friend bool operator>(const delivery& a, const delivery& b) {
            return std::tie(a.when, a.number) > std::tie(b.when, b.number);
        }
    };

    bool over() const { return client_.done() && server_ && server_->stage == stage::ended; }

    void post(bool to_server, const packet& p) {
        auto number = result_.packets++;
        auto f = fates_(number, now_);
        for (int i = 0; i < f.copies; ++i)
            queue_.push({now_ + f.delay + i * 10us, number, to_server, encode(p)});
    }
    void to_server(const packet& p) { post(true, p); }

    void step() {
        auto next = std::min(client_.done() ? time_point::max() : client_due_,
                             server_ ? server_->deadline : time_point::max());
        if (!queue_.empty() && queue_.top().when <= next) {
            auto d = queue_.top();
            queue_.pop();
            now_ = d.when;
            if (d.to_server) return server_hears(*decode(d.datagram));
            return client_hears(*decode(d.datagram));
        }
        now_ = std::max(now_, next);
        if (server_ && server_->deadline <= now_) return feed(deadline_passed{});
        client_due_ = now_ + client_timer_;
        for (const auto& p : client_.on_timeout()) to_server(p);
    }

    void client_hears(const packet& p) {
        bool was_done = client_.done();
        auto had = client_.blocks();
        auto answers = client_.on(p);
        for (const auto& answer : answers) to_server(answer);
        // What a client ignores does not restart its timer.
        if (!answers.empty() || client_.blocks() != had) client_due_ = now_ + client_timer_;
        if (client_.done() && !was_done) {
            result_.took = now_ - (time_point{} + 1h);
            result_.complete = client_.received() == content_;
        }
    }

    void server_hears(const packet& p) {
        if (auto* r = std::get_if<request>(&p)) return on_request(*r);
        if (auto* a = std::get_if<ack>(&p)) return feed(ack_received{a->block});
        if (auto* e = std::get_if<error_message>(&p)) return feed(error_received{e->number, e->text});
    }

    void on_request(const request& r) {
        if (server_ && server_->stage != stage::ended) feed(request_repeated{});
        if (server_) return;
        auto mode = *parse_mode(r.mode);
        server_ = begin_transfer(negotiate(r.options, mode, 65464), mode, content_.size(), now_);
        feed(started{});
    }

    void feed(const transfer_event& event) {
        if (!server_) return;
        auto what = on(*server_, event, now_);
        result_.end = server_->end;
        result_.retransmits = server_->retransmits;
        bool sends = std::holds_alternative<send_oack>(what) || std::holds_alternative<send_blocks>(what);
        if (sends && sends_++ == failing_) return fail(what);
        std::visit(landscaper::overloaded{
                       [&](const send_oack&) { post(false, acknowledge(server_->agreed, server_->size)); },
                       [&](const send_blocks& b) { send(b); },
                       [](const auto&) {},
                   },
                   what);
    }

    void fail(const action& what) {
        auto* blocks = std::get_if<send_blocks>(&what);
        if (!std::holds_alternative<not_sent>(failure_)) return feed(transfer_event(failure_));
        if (blocks) feed(not_sent{blocks->first});
    }

    void send(const send_blocks& b) {
        for (auto n = b.first; n < b.first + b.count; ++n) {
            auto offset = static_cast<std::ptrdiff_t>(block_offset(*server_, n));
            auto size = std::min<std::ptrdiff_t>(server_->agreed.block_bytes(),
                                                 static_cast<std::ptrdiff_t>(content_.size()) - offset);
            auto at = content_.begin() + offset;
            post(false, data{static_cast<std::uint16_t>(n), bytes(at, at + size)});
        }
    }

    model_client client_;
    std::optional<transfer> server_;
    bytes content_;
    fate_of fates_;
    steady::duration client_timer_;
    std::priority_queue<delivery, std::vector<delivery>, std::greater<>> queue_;
    time_point now_ = time_point{} + 1h;
    time_point client_due_{};
    std::size_t sends_ = 0;
    std::size_t failing_ = std::numeric_limits<std::size_t>::max();
    transfer_event failure_;
    outcome result_;
};

}  // namespace tftpd::test
