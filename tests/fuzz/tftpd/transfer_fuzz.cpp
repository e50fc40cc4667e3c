// Any sequence of events at any time: the machine sends only blocks of its window, always has a deadline
// ahead while it runs, and can be written down and read back.
#include <cstdlib>

#include "tftpd/record.hpp"

using namespace tftpd;
using namespace std::chrono_literals;

static void check(bool holds) {
    if (!holds) std::abort();
}

static agreement agreement_from(landscaper::reader& in) {
    agreement out;
    auto flags = in.u8();
    if (flags & 1) out.blksize = static_cast<std::uint16_t>(smallest_blksize + in.u8());
    if (flags & 2) out.windowsize = static_cast<std::uint16_t>(1 + in.u8() % largest_windowsize);
    if (flags & 4) out.timeout = std::max<std::uint8_t>(1, in.u8());
    out.tsize = flags & 8;
    return out;
}

static transfer_event event_from(landscaper::reader& in, const transfer& t) {
    auto kind = in.u8();
    switch (kind % 10) {
        case 0: return deadline_passed{};
        case 1: return ack_received{in.be16()};
        case 2: return ack_received{static_cast<std::uint16_t>(t.highest)};
        case 3: return ack_received{static_cast<std::uint16_t>(t.acknowledged + kind / 10)};
        case 4: return request_repeated{};
        case 5: return not_sent{t.next - std::min<std::uint64_t>(t.next, kind / 10u)};
        case 6: return kind == 6 ? transfer_event(port_closed{}) : ack_received{0};
        case 7:
            return kind == 7 ? transfer_event(error_received{error_number{in.u8()}, {}}) : deadline_passed{};
        case 8: return kind == 8 ? transfer_event(content_lost{}) : deadline_passed{};
        default: return ack_received{static_cast<std::uint16_t>(t.acknowledged)};
    }
}

static void check_action(const transfer& t, const action& a) {
    if (auto* b = std::get_if<send_blocks>(&a)) {
        check(b->count >= 1 && b->count <= t.burst && b->first > t.acknowledged);
        check(b->first + b->count - 1 <= std::min(t.acknowledged + t.agreed.window_blocks(), t.last_block));
    }
    check(std::holds_alternative<stop>(a) == (t.stage == stage::ended));
}

static void check_record(const transfer& t) {
    transfer_record r;
    r.transfer = t;
    auto again = decode_records(encode({r}));
    check(again && again->front() == r);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    landscaper::reader in({data, size});
    auto now = time_point{} + 1h;
    auto agreed = agreement_from(in);
    auto t = begin_transfer(agreed, transfer_mode::octet, in.be32(), now);
    check_action(t, on(t, started{}, now));
    while (in.left() > 0 && t.stage != stage::ended) {
        now += microseconds(in.be16() * 16);
        auto event = event_from(in, t);
        if (std::holds_alternative<deadline_passed>(event)) now = std::max(now, t.deadline);
        check_action(t, on(t, event, now));
        if (std::holds_alternative<deadline_passed>(event)) check(t.deadline > now);
    }
    if (t.stage != stage::ended) check_record(t);
    if (t.stage == stage::ended) check(std::holds_alternative<nothing>(on(t, deadline_passed{}, now)));
    if (t.end == ending::finished) check(t.acknowledged == t.last_block);
    return 0;
}
