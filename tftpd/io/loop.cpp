#include "tftpd/io/loop.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "landscaper/base/overloaded.hpp"

namespace tftpd {

using landscaper::overloaded;
using namespace std::chrono_literals;

static constexpr auto report_interval = 500ms;
static constexpr auto keep_interval = 100ms;
// Batches of events per turn; timers wait until none is left, since an ACK may lie behind them.
static constexpr int batches_per_turn = 2;
// Others get a chance at least so often; when that took so long, they had something to do.
static constexpr auto slice = 500us;
static constexpr auto noticeable = 50us;
// No shorter than the kernel's tick: arming a timer that is the next to fire costs more than the wait saves.
static constexpr auto longest_linger = 4ms;
static constexpr int turns_after_lingering_in_vain = 16;
static constexpr auto readable = boost::asio::posix::stream_descriptor::wait_read;

static wakeups made_wakeups() {
    auto made = wakeups::make();
    if (!made) throw std::system_error(made.error().code(), made.error().context());
    return std::move(*made);
}

server::loop::loop(boost::asio::any_io_executor executor, landscaper::unique_fd socket, resolver resolve,
                   report_sink sink)
    : executor_(std::move(executor)),
      socket_(std::move(socket)),
      resolve_(std::move(resolve)),
      sink_(std::move(sink)),
      wakeups_(made_wakeups()),
      waiting_(executor_, ::dup(wakeups_.fd())) {
    auto prepared = prepare_listening(socket_.get());
    if (prepared) prepared = wakeups_.watch(socket_.get(), listening_id);
    if (!prepared) throw std::system_error(prepared.error().code(), prepared.error().context());
}

// Turns until the kernel has nothing more ready, with a chance for others now and then.
landscaper::task<void> server::loop::drain() {
    for (;;) {
        CO_TRY(bool more, turns());
        if (!more) co_return result<void>();
        auto left = steady::now();
        co_await boost::asio::post(executor_, boost::asio::use_awaitable);
        alone_ = steady::now() - left < noticeable;
        auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none)
            co_return boost::asio::error::operation_aborted;
    }
}

result<bool> server::loop::turns() {
    watch_others();
    for (auto end = steady::now() + slice; steady::now() < end;) {
        TRY(auto seen, turn(end));
        if (std::exchange(others_wait_, false)) return true;
        bool in_vain = seen == harvest::nothing;
        if (in_vain) hasty_turns_ = turns_after_lingering_in_vain;
        patience_ = patience_after(seen);
        if (in_vain || (seen == harvest::something && patience_ == 0ms)) return false;
    }
    return true;
}

// In lockstep the next ACK is a round trip away. Lingering for it costs half of what going back to Asio does;
// but not when others are waiting, nor where nothing comes.
std::chrono::milliseconds server::loop::patience_after(harvest seen) {
    if (seen != harvest::something || !alone_ || sessions_.size() == 0) return 0ms;
    if (hasty_turns_ == 0) return longest_linger;
    --hasty_turns_;
    return 0ms;
}

landscaper::task<void> server::loop::run() {
    // A cancelled wait is an error here, not an exception: the transfers have to be ended.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        auto [failed] = co_await waiting_.async_wait(readable, landscaper::as_result);
        if (failed) co_return failed;
        CO_TRY_VOID(co_await drain());
    }
}

// While transfers run the others' descriptors end a lingering wait; else Asio alone looks after them.
void server::loop::watch_others() {
    bool wanted = sessions_.size() > 0;
    if (wanted == watches_others_) return;
    watches_others_ = wanted;
    for (int fd : others_) {
        if (!wanted) {
            wakeups_.unwatch(fd);
        } else if (auto watched = wakeups_.watch(fd, others_id); !watched) {
            watches_others_ = false;
        }
    }
}

result<server::loop::harvest> server::loop::turn(time_point end) {
    bool any = false;
    for (int i = 0; i < batches_per_turn; ++i) {
        if (pending_.empty()) {
            pending_ = wakeups_.ready(i == 0 ? patience_ : 0ms);
            was_full_ = pending_.size() == wakeups::batch;
        }
        any |= !pending_.empty();
        TRY_VOID(work_off(end));
        if (!pending_.empty()) return harvest::more;
        if (!was_full_) break;
    }
    any |= !backlog_.empty();
    serve_backlog();
    if (!was_full_) wake_due();
    plan_wakeup();
    if (was_full_ || !backlog_.empty()) return harvest::more;
    return any ? harvest::something : harvest::nothing;
}

// Until nothing is pending or the time is up: a batch of windows takes milliseconds, and others wait for
// less.
result<void> server::loop::work_off(time_point end) {
    while (!pending_.empty()) {
        auto id = pending_.front();
        pending_ = pending_.subspan(1);
        if (id == listening_id) {
            TRY_VOID(take_requests());
        } else if (id == others_id) {
            others_wait_ = true;
        } else {
            on_ready(id);
        }
        if (steady::now() >= end) break;
    }
    return {};
}

void server::loop::on_ready(std::uint64_t id) {
    if (id == timer_id) return wakeups_.timer_fired();
    if (auto* s = sessions_.find(id)) return on_transfer_ready(*s);
    on_strangers(id);
}

void server::loop::on_strangers(std::uint64_t id) {
    auto found = strangers_.find(id);
    auto port = found == strangers_.end() ? nullptr : found->second.lock();
    if (port) answer_stranger(*port, counts_.foreign_tids);
}

// What the client sent, as an event; none when there is nothing, or nothing of meaning.
static std::optional<transfer_event> receive_event(int fd) {
    std::array<std::uint8_t, 512> buffer;
    auto count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == ECONNREFUSED) return port_closed{};
    if (count < 0) return {};
    auto p = decode(bytes_view(buffer).first(static_cast<std::size_t>(count)));
    if (!p) return {};
    if (auto* a = std::get_if<ack>(&*p)) return ack_received{a->block};
    if (auto* e = std::get_if<error_message>(&*p)) return error_received{e->number, e->text};
    return {};
}

// One datagram at a time: more make the descriptor ready again, without a call that only finds it empty.
void server::loop::on_transfer_ready(session& s) {
    if (auto event = receive_event(s.socket.socket.get())) feed(s, *event);
}

void server::loop::wake_due() {
    auto now = steady::now();
    while (auto due = deadlines_.take_due(now)) {
        auto* s = sessions_.find(due->who);
        if (!s || s->scheduled != due->when) continue;
        s->scheduled = time_point::max();
        auto event = receive_event(s->socket.socket.get());  // an answer that came just now
        if (!event && s->transfer().deadline <= now) event = deadline_passed{};
        if (event) {
            feed(*s, *event);
        } else {
            deadlines_.schedule(s->id, s->transfer().deadline, s->scheduled);
        }
    }
}

void server::loop::feed(session& s, const transfer_event& event) {
    auto now = steady::now();
    if (auto* e = std::get_if<error_received>(&event)) {
        s.error = static_cast<std::uint16_t>(e->number);
        s.error_text = e->text;
    }
    auto before = s.transfer().retransmits;
    auto what = on(s.transfer(), event, now);
    counts_.retransmits += s.transfer().retransmits - before;
    auto id = s.id;
    perform(s, what);
    if (auto* still = sessions_.find(id)) progress(*still, now);
}

void server::loop::perform(session& s, const action& what) {
    std::visit(overloaded{
                   [](const nothing&) {},
                   [&](const send_oack&) { send(s, acknowledge(s.transfer().agreed, s.transfer().size)); },
                   [&](const send_blocks& b) { perform_blocks(s, b); },
                   [&](const stop& end) {
                       if (end.tell) send(s, error_message{error_number::undefined, std::string(end.text)});
                       finish(s);
                   },
               },
               what);
}

void server::loop::perform_blocks(session& s, const send_blocks& what) {
    auto sent = sender_.send(s.socket.socket.get(), s.transfer(), s.source, what);
    switch (sent.outcome) {
        case sending::done: return;
        case sending::no_room: return feed(s, not_sent{sent.next});
        case sending::port_closed: return feed(s, port_closed{});
        case sending::unreadable: return feed(s, content_lost{});
    }
}

// A failure is a lost packet, or is heard of at the next receive.
void server::loop::send(session& s, const packet& p) {
    auto datagram = encode(p);
    (void)::send(s.socket.socket.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void server::loop::progress(session& s, time_point now) {
    deadlines_.schedule(s.id, s.transfer().deadline, s.scheduled);
    if (now - s.reported < report_interval || acknowledged_bytes(s.transfer()) == s.reported_bytes) return;
    report(s, now);
    s.reported = now;
    s.reported_bytes = acknowledged_bytes(s.transfer());
}

static std::uint64_t rate(std::uint64_t count, steady::duration over) {
    auto us = std::max<std::int64_t>(1, std::chrono::duration_cast<microseconds>(over).count());
    return static_cast<std::uint64_t>(static_cast<double>(count) * 1e6 / static_cast<double>(us));
}

static transfer_report report_of(const session& s, time_point now) {
    const auto& r = s.record;
    const auto& t = r.transfer;
    transfer_report out;
    out.client = r.client;
    out.local = r.local.address;
    out.interface = r.interface;
    out.name = r.name;
    out.total = t.size;
    out.acknowledged = acknowledged_bytes(t);
    bool whole = t.end != ending::running;
    out.rate = whole ? rate(out.acknowledged, now - t.started)
                     : rate(out.acknowledged - s.reported_bytes, now - s.reported);
    out.blksize = t.agreed.block_bytes();
    out.windowsize = t.agreed.window_blocks();
    out.retransmits = t.retransmits;
    out.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - t.started);
    out.end = t.end;
    out.error = s.error;
    out.error_text = s.error_text;
    return out;
}

void server::loop::report(const session& s, time_point now) {
    if (sink_) sink_(report_of(s, now));
}

void server::loop::finish(session& s) {
    switch (s.transfer().end) {
        case ending::finished:
        case ending::presumed: ++counts_.finished; break;
        case ending::size_probe: ++counts_.size_probes; break;
        default: ++counts_.failed;
    }
    auto ended = sessions_.remove(s);
    if (ended->socket.port.use_count() == 1) strangers_.erase(strangers_id(*ended->socket.port));
    report(*ended, steady::now());
    if (sessions_.size() == 0) sender_.forget_shared();
}

// Whoever overwrites a served file waits this long, and for the time of a copy.
void server::loop::keep_versions() {
    if (sessions_.size() == 0 || !sender_.watches_files()) return;
    auto now = steady::now();
    if (now >= keep_at_) {
        for (const auto& file : sender_.wanted_files()) {
            for (auto* s : sessions_.all()) sender_.keep(s->source, file);
            sender_.let_go(file);
        }
        keep_at_ = now + keep_interval;
    }
    wakeups_.wake_at(keep_at_);
}

void server::loop::plan_wakeup() {
    if (auto next = deadlines_.earliest()) wakeups_.wake_at(*next);
    keep_versions();
}

void server::loop::end_all(ending how) {
    for (auto* s : sessions_.all()) {
        s->transfer().end = how;
        s->transfer().stage = stage::ended;
        finish(*s);
    }
}

const tftpd::counters& server::loop::counts() {
    counts_.bytes = sender_.bytes();
    counts_.plain_sends = sender_.plain_sends();
    return counts_;
}

}  // namespace tftpd
