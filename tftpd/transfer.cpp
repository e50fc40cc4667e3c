#include "tftpd/transfer.hpp"

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace tftpd {

using namespace std::chrono_literals;

// Before there is a sample: a LAN's round trip is far below, and the first loss should not cost a second.
static constexpr microseconds first_timer = 50ms;
static constexpr microseconds shortest_timer = 20ms;
static constexpr microseconds longest_timer = 1s;
// An address that never answered may be forged: this many repetitions, then silence until it is forgotten.
static constexpr std::uint32_t resends_unanswered = 4;
static constexpr auto unanswered_patience = 10s;
static constexpr auto answered_patience = 20s;
// After so long without the last ACK the client has probably gone on with its file.
static constexpr auto last_ack_patience = 3s;
static constexpr std::uint32_t last_ack_resends = 5;
// A client that repeats its request after a second without progress has restarted.
static constexpr auto restart_patience = 1s;
static constexpr std::uint32_t clean_windows_to_grow = 32;

transfer begin_transfer(const agreement& agreed, transfer_mode mode, std::uint64_t size, time_point now) {
    transfer t;
    t.agreed = agreed;
    t.mode = mode;
    t.size = size;
    if (mode == transfer_mode::octet) t.last_block = size / agreed.block_bytes() + 1;
    t.stage = agreed.any() ? stage::negotiating : stage::sending;
    t.burst = agreed.window_blocks();
    t.started = t.heard = t.sent = t.deadline = now;
    return t;
}

microseconds retransmission_time(const transfer& t) {
    auto base = t.srtt == 0us ? first_timer : std::max(shortest_timer, t.srtt + 4 * t.rttvar);
    auto grown = base * (1u << std::min(t.backoff, 10u));
    return std::max(base, std::min(grown, longest_timer));
}

// RFC 6298, 2.2 and 2.3. Only for packets that were sent once (Karn).
static void sample(transfer& t, microseconds rtt) {
    rtt = std::max(rtt, 1us);
    if (t.srtt == 0us) {
        t.srtt = rtt;
        t.rttvar = rtt / 2;
    } else {
        auto off = rtt > t.srtt ? rtt - t.srtt : t.srtt - rtt;
        t.rttvar = (3 * t.rttvar + off) / 4;
        t.srtt = std::max((7 * t.srtt + rtt) / 8, microseconds(1));
    }
    t.backoff = 0;
}

static microseconds elapsed(time_point from, time_point to) {
    return std::chrono::duration_cast<microseconds>(to - from);
}

static std::uint64_t window_end(const transfer& t) {
    return std::min(t.acknowledged + t.agreed.window_blocks(), t.last_block);
}
static bool is_paused(const transfer& t) {
    return t.next <= window_end(t);
}

static stop end(transfer& t, ending how, bool tell = false, std::string_view text = {}) {
    t.stage = stage::ended;
    t.end = how;
    t.deadline = time_point::max();
    return {tell, text};
}

// Sends the next burst of the window. Smaller bursts than the window are only paused: the client acknowledges
// whole windows, so waiting for an ACK between them would stall.
static action send_burst(transfer& t, time_point now) {
    auto first = t.next;
    auto count = std::min<std::uint64_t>(t.burst, window_end(t) - first + 1);
    t.next += count;
    if (t.highest >= first) {
        t.retransmits += std::min(t.highest, t.next - 1) - first + 1;
        t.clean = t.quick = false;
    }
    t.highest = std::max(t.highest, t.next - 1);
    t.sent = now;
    auto pause = std::clamp(t.srtt, microseconds(1ms), shortest_timer);
    t.deadline = now + (is_paused(t) ? pause : retransmission_time(t));
    return send_blocks{first, static_cast<std::uint16_t>(count)};
}

static action send_window(transfer& t, time_point now) {
    t.next = t.acknowledged + 1;
    t.clean = true;
    return send_burst(t, now);
}

static action resend_oack(transfer& t, time_point now) {
    t.clean = false;
    ++t.retransmits;
    t.sent = now;
    t.deadline = now + retransmission_time(t);
    return send_oack{};
}

static action begin(transfer& t, time_point now) {
    if (t.stage == stage::sending) return send_window(t, now);
    t.sent = now;
    t.deadline = now + retransmission_time(t);
    return send_oack{};
}

static void note_progress(transfer& t, time_point now) {
    t.heard = now;
    t.answered = true;
    t.resends = 0;
}

static void note_clean_window(transfer& t, time_point now) {
    sample(t, elapsed(t.sent, now));
    t.tail_losses = 0;
    t.quick = true;
    if (t.burst >= t.agreed.window_blocks() || ++t.clean_windows < clean_windows_to_grow) return;
    t.burst = static_cast<std::uint16_t>(std::min<unsigned>(t.burst * 2u, t.agreed.window_blocks()));
    t.clean_windows = 0;
}

// The window's start acknowledged again. In lockstep never a reason to send (sorcerer's apprentice). In a
// window it says that the first block is missing, unless it is a copy of the ACK before or answers a stale
// block: so only if nothing of this window was sent twice, once, and not before half a round trip.
static action on_repeated_ack(transfer& t, time_point now) {
    bool plausible = t.quick && t.clean && t.agreed.window_blocks() > 1 && elapsed(t.sent, now) >= t.srtt / 2;
    if (!plausible) return nothing{};
    return send_window(t, now);
}

static action on_oack_answered(transfer& t, std::uint16_t block, time_point now) {
    if (block != 0) return nothing{};
    if (t.clean) sample(t, elapsed(t.sent, now));
    t.quick = t.clean;
    t.stage = stage::sending;
    note_progress(t, now);
    return send_window(t, now);
}

static action on_ack(transfer& t, std::uint16_t block, time_point now) {
    if (t.stage == stage::negotiating) return on_oack_answered(t, block, now);
    auto step = static_cast<std::uint16_t>(block - static_cast<std::uint16_t>(t.acknowledged));
    if (step == 0) return on_repeated_ack(t, now);
    // Never sent, or older than the window: both lie outside.
    if (t.acknowledged + step > t.highest) return nothing{};
    t.acknowledged += step;
    t.here = t.after;
    note_progress(t, now);
    if (t.acknowledged == t.last_block) return end(t, ending::finished);
    if (t.clean && t.acknowledged + 1 == t.next) note_clean_window(t, now);
    return send_window(t, now);
}

static action on_error(transfer& t, error_number number) {
    // EDK2 sends 8 "User aborted the transfer", iPXE 0 "TFTP Aborted", to the OACK or after ACK 0.
    bool aborted = number == error_number::option_refused || number == error_number::undefined;
    bool probe = aborted && t.agreed.tsize && t.acknowledged == 0;
    return end(t, probe ? ending::size_probe : ending::client_error);
}

static bool last_block_is_out(const transfer& t) {
    return t.stage == stage::sending && window_end(t) == t.last_block && !is_paused(t);
}

static time_point given_up_at(const transfer& t) {
    if (!t.answered) return t.started + unanswered_patience;
    auto asked = std::chrono::seconds(4 * t.agreed.timeout.value_or(0));
    return t.heard + std::max<steady::duration>(answered_patience, asked);
}

static void note_tail_loss(transfer& t) {
    t.clean_windows = 0;
    if (++t.tail_losses < 2) return;
    t.tail_losses = 0;
    t.burst = std::max<std::uint16_t>(1, t.burst / 2);
}

static action on_deadline(transfer& t, time_point now) {
    if (t.stage == stage::sending && is_paused(t)) return send_burst(t, now);
    if (last_block_is_out(t) && t.resends >= last_ack_resends && now >= t.heard + last_ack_patience) {
        return end(t, t.answered ? ending::presumed : ending::timed_out);
    }
    if (now >= given_up_at(t)) return end(t, ending::timed_out);
    if (!t.answered && t.resends >= resends_unanswered) {
        t.deadline = given_up_at(t);
        return nothing{};
    }
    ++t.resends;
    ++t.backoff;
    if (t.stage == stage::negotiating) return resend_oack(t, now);
    note_tail_loss(t);
    return send_window(t, now);
}

static action on_repeated_request(transfer& t, time_point now) {
    if (!t.answered) return t.stage == stage::negotiating ? resend_oack(t, now) : send_window(t, now);
    if (now - t.heard >= restart_patience) return end(t, ending::superseded);
    return nothing{};
}

// Not the network's loss: no back-off, and a short pause for the kernel to drain.
static action on_not_sent(transfer& t, std::uint64_t first, time_point now) {
    t.next = std::clamp(first, t.acknowledged + 1, t.next);
    if (t.clean) t.highest = t.next - 1;
    t.deadline = std::min(t.deadline, now + 1ms);
    return nothing{};
}

action on(transfer& t, const transfer_event& event, time_point now) {
    using landscaper::overloaded;
    if (t.stage == stage::ended) return nothing{};
    return std::visit(
        overloaded{
            [&](const ack_received& e) { return on_ack(t, e.block, now); },
            [&](const started&) { return begin(t, now); },
            [&](const error_received& e) { return on_error(t, e.number); },
            [&](const deadline_passed&) { return on_deadline(t, now); },
            [&](const request_repeated&) { return on_repeated_request(t, now); },
            [&](const port_closed&) -> action {
                return end(t, last_block_is_out(t) && t.answered ? ending::presumed : ending::client_gone);
            },
            [&](const content_lost&) -> action {
                return end(t, ending::content_failed, true, "file changed during transfer");
            },
            [&](const not_sent& e) { return on_not_sent(t, e.first, now); },
        },
        event);
}

void note_netascii(transfer& t, const netascii_block& made) {
    t.after = made.after;
    if (made.size < t.agreed.block_bytes()) t.last_block = t.acknowledged + 1;
}

std::uint64_t block_offset(const transfer& t, std::uint64_t n) {
    return (n - 1) * t.agreed.block_bytes();
}

std::uint64_t acknowledged_bytes(const transfer& t) {
    if (t.mode == transfer_mode::netascii) return std::min(t.here.offset, t.size);
    return std::min(t.acknowledged * t.agreed.block_bytes(), t.size);
}

}  // namespace tftpd
