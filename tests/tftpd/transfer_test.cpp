#include "tftpd/transfer.hpp"

#include <doctest/doctest.h>

using namespace tftpd;
using namespace std::chrono_literals;

namespace {

// A conversation in the words of the wire: expect what the server sends, reply, let time pass.
struct conversation {
    time_point now = time_point{} + 1h;
    transfer t;
    action last;

    explicit conversation(agreement agreed, std::uint64_t size = 100'000,
                          transfer_mode mode = transfer_mode::octet)
        : t(begin_transfer(agreed, mode, size, now)) {
        last = on(t, started{}, now);
    }
    conversation& expect(action a) {
        CHECK(last == a);
        return *this;
    }
    conversation& expect_blocks(std::uint64_t first, std::uint16_t count = 1) {
        return expect(send_blocks{first, count});
    }
    conversation& happens(const transfer_event& e) {
        last = on(t, e, now);
        return *this;
    }
    conversation& ack(std::uint16_t block) { return happens(ack_received{block}); }
    conversation& after(steady::duration d) {
        now += d;
        return *this;
    }
    // Until the machine wants to be woken.
    conversation& lose() {
        now = t.deadline;
        return happens(deadline_passed{});
    }
    conversation& expect_end(ending how) {
        CHECK(t.end == how);
        CHECK(t.stage == stage::ended);
        CHECK(std::holds_alternative<stop>(last));
        return *this;
    }
};

const agreement plain{};
const agreement ovmf_probe{.blksize = 1468, .windowsize = 4, .timeout = {}, .tsize = true};
const agreement window_4{.blksize = 512, .windowsize = 4, .timeout = {}, .tsize = false};
const agreement window_16{.blksize = 512, .windowsize = 16, .timeout = {}, .tsize = false};

}  // namespace

TEST_CASE("without options DATA 1 is the answer, and each ACK brings the next block") {
    conversation c(plain, 1100);
    c.expect_blocks(1).ack(1).expect_blocks(2).ack(2).expect_blocks(3).ack(3).expect_end(ending::finished);
    CHECK(acknowledged_bytes(c.t) == 1100);
}

TEST_CASE("a multiple of blksize ends with an empty block, and an empty file is one") {
    conversation c(plain, 1024);
    CHECK(c.t.last_block == 3);
    c.ack(1).ack(2).expect_blocks(3).ack(3).expect_end(ending::finished);
    conversation empty(plain, 0);
    empty.expect_blocks(1).ack(1).expect_end(ending::finished);
}

TEST_CASE("with options DATA waits for ACK 0, and the OACK is sent again until then") {
    conversation c(ovmf_probe);
    c.expect(send_oack{}).lose().expect(send_oack{}).lose().expect(send_oack{});
    c.ack(1).expect(nothing{}).ack(0).expect_blocks(1, 4);
}

TEST_CASE("a repeated ACK never resends in lockstep (sorcerer's apprentice)") {
    conversation c(plain);
    c.ack(1).expect_blocks(2);
    for (int i = 0; i < 5; ++i) c.after(1ms).ack(1).expect(nothing{});
    c.lose().expect_blocks(2);
}

TEST_CASE("an ACK for a block never sent is ignored") {
    conversation c(plain);
    c.ack(7).expect(nothing{}).ack(2).expect(nothing{}).ack(65535).expect(nothing{}).ack(1).expect_blocks(2);
    conversation w(window_4);
    w.ack(0).expect_blocks(1, 4).ack(5).expect(nothing{}).ack(4).expect_blocks(5, 4);
}

TEST_CASE("an old ACK is ignored") {
    conversation c(window_4);
    c.ack(0)
        .ack(4)
        .expect_blocks(5, 4)
        .ack(3)
        .expect(nothing{})
        .ack(2)
        .expect(nothing{})
        .ack(8)
        .expect_blocks(9, 4);
}

TEST_CASE("block numbers go from 65535 to 0, again and again") {
    conversation c(agreement{.blksize = 8, .windowsize = {}, .timeout = {}, .tsize = false}, 8 * 200'000);
    c.ack(0);
    for (std::uint64_t n = 1; n <= 200'000; ++n) {
        if (c.last != action(send_blocks{n, 1})) FAIL("block " << n);
        c.ack(static_cast<std::uint16_t>(n));
    }
    c.expect_blocks(200'001).ack(static_cast<std::uint16_t>(200'001)).expect_end(ending::finished);
}

TEST_CASE("a window may lie across the roll-over") {
    conversation c(window_4, 512 * 70'000);
    c.ack(0);
    for (std::uint64_t n = 4; n <= 65'532; n += 4) c.ack(static_cast<std::uint16_t>(n));
    c.expect_blocks(65'533, 4).ack(0).expect_blocks(65'537, 4).ack(2).expect_blocks(65'539, 4);
}

TEST_CASE("files beyond 4 GiB have the right offsets") {
    conversation c(agreement{.blksize = 65464, .windowsize = 64, .timeout = {}, .tsize = true},
                   5'000'000'000);
    CHECK(c.t.last_block == 5'000'000'000 / 65464 + 1);
    CHECK(block_offset(c.t, 70'001) == 70'000ull * 65464);
}

TEST_CASE("an ACK inside the window brings a full window from the block behind it") {
    conversation c(window_4);
    c.ack(0).expect_blocks(1, 4).ack(2).expect_blocks(3, 4).ack(6).expect_blocks(7, 4);
    CHECK(c.t.retransmits == 2);
}

TEST_CASE("a lost last block of a window comes again after the timer") {
    conversation c(window_4);
    c.ack(0).lose().expect_blocks(1, 4).ack(3).expect_blocks(4, 4);
}

TEST_CASE("the window's start acknowledged again says that its first block is missing, once") {
    conversation c(window_4);
    c.after(4ms).ack(0).after(4ms).ack(4).expect_blocks(5, 4);
    // A copy of the ACK before comes at once; the client's complaint after a round trip.
    c.after(100us).ack(4).expect(nothing{}).after(4ms).ack(4).expect_blocks(5, 4);
    c.after(4ms).ack(4).expect(nothing{}).after(1ms).ack(8).expect_blocks(9, 4);
    // Stale copies of 5 to 8 may still be answered: not until a window needed nothing twice.
    c.after(4ms).ack(8).expect(nothing{});
}

TEST_CASE("a repeated ACK after a resend does not resend again") {
    conversation c(window_4);
    c.after(4ms).ack(0).lose().expect_blocks(1, 4).after(4ms).ack(0).expect(nothing{});
    c.ack(4).expect_blocks(5, 4).after(4ms).ack(4).expect(nothing{});
}

TEST_CASE("the first timer is 50 ms, then it follows the round trip and never falls below 20 ms") {
    conversation c(plain);
    CHECK(c.t.deadline - c.now == 50ms);
    for (std::uint16_t n = 1; n < 50; ++n) c.after(300us).ack(n);
    CHECK(c.t.deadline - c.now == 20ms);
    conversation slow(plain);
    for (std::uint16_t n = 1; n < 50; ++n) slow.after(100ms).ack(n);
    CHECK(slow.t.deadline - slow.now >= 100ms);
    CHECK(slow.t.deadline - slow.now < 200ms);
}

TEST_CASE("the timer doubles up to a second, and falls back with the next clean round trip") {
    conversation c(plain);
    c.after(1ms).ack(1);
    auto gap = [&] { return c.t.deadline - c.now; };
    std::vector<steady::duration> seen;
    for (int i = 0; i < 8; ++i) {
        seen.push_back(gap());
        c.lose();
    }
    CHECK(seen == std::vector<steady::duration>{20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1s, 1s});
    c.ack(2);
    CHECK(gap() == 1s);  // which copy was acknowledged is not known (Karn)
    c.after(1ms).ack(3);
    CHECK(gap() == 20ms);
}

TEST_CASE("an address that never answers gets four repetitions and then silence") {
    for (const auto& agreed : {plain, ovmf_probe}) {
        conversation c(agreed);
        auto start = c.now;
        int sent = 1;
        while (c.t.stage != stage::ended)
            sent += c.lose().last != action(nothing{}) && c.t.stage != stage::ended;
        CHECK(sent == 5);
        CHECK(c.now - start == 10s);
        c.expect_end(ending::timed_out);
    }
}

TEST_CASE("a repeated request brings the same answer again while nothing is acknowledged") {
    conversation c(ovmf_probe);
    c.happens(request_repeated{}).expect(send_oack{});
    conversation d(plain);
    d.happens(request_repeated{}).expect_blocks(1);
    // Also after the repetitions have ended.
    for (int i = 0; i < 6; ++i) d.lose();
}

TEST_CASE("a late copy of the request changes nothing once the transfer runs") {
    conversation c(ovmf_probe);
    c.ack(0).expect_blocks(1, 4).happens(request_repeated{}).expect(nothing{}).ack(4).expect_blocks(5, 4);
}

TEST_CASE("a client that restarts on the same port is not kept waiting for the old transfer") {
    conversation c(ovmf_probe);
    c.ack(0).after(1s).happens(request_repeated{}).expect_end(ending::superseded);
}

TEST_CASE("ERROR 8 or 0 after an OACK with tsize is a size probe") {
    conversation ovmf(ovmf_probe);
    ovmf.happens(error_received{error_number::option_refused, "User aborted the transfer"});
    ovmf.expect_end(ending::size_probe);
    conversation ipxe(ovmf_probe);
    ipxe.happens(error_received{error_number::undefined, "TFTP Aborted"}).expect_end(ending::size_probe);
}

TEST_CASE("any other ERROR from the client ends the transfer as its error") {
    conversation later(ovmf_probe);
    later.ack(0)
        .ack(4)
        .happens(error_received{error_number::option_refused, {}})
        .expect_end(ending::client_error);
    conversation without_tsize(window_4);
    without_tsize.happens(error_received{error_number::option_refused, {}}).expect_end(ending::client_error);
    conversation full(ovmf_probe);
    full.happens(error_received{error_number::disk_full, "no room"}).expect_end(ending::client_error);
    full.ack(0).expect(nothing{});
}

TEST_CASE("a missing last ACK is probably a finished transfer") {
    conversation c(plain, 1000);
    c.after(1ms).ack(1).expect_blocks(2);
    int sent = 0;
    auto start = c.now;
    while (c.t.stage != stage::ended) sent += c.lose().last == action(send_blocks{2, 1});
    c.expect_end(ending::presumed);
    CHECK(sent >= 5);
    CHECK(c.now - start <= 5s);
}

TEST_CASE("a closed port ends the transfer, happily when only the last ACK was due") {
    conversation c(plain, 1000);
    c.ack(1).expect_blocks(2).happens(port_closed{}).expect_end(ending::presumed);
    conversation early(plain, 10'000);
    early.ack(1).happens(port_closed{}).expect_end(ending::client_gone);
    conversation forged(plain, 10);
    forged.happens(port_closed{}).expect_end(ending::client_gone);
}

TEST_CASE("silence in the middle ends after 20 s, or after four of the client's own timeouts") {
    auto silence = [](agreement agreed) {
        conversation c(agreed);
        if (agreed.any()) c.ack(0);
        c.ack(1);
        auto start = c.now;
        while (c.t.stage != stage::ended) c.lose();
        c.expect_end(ending::timed_out);
        return c.now - start;
    };
    CHECK(silence(plain) >= 20s);
    CHECK(silence(plain) < 22s);
    CHECK(silence(agreement{.blksize = {}, .windowsize = {}, .timeout = 30, .tsize = false}) >= 120s);
}

TEST_CASE("lost content is told without a path, and ends the transfer") {
    conversation c(plain);
    c.happens(content_lost{}).expect(stop{true, "file changed during transfer"});
    CHECK(c.t.end == ending::content_failed);
}

TEST_CASE("repeated tail loss halves the burst, and bursts are only paused, not acknowledged") {
    conversation c(window_16, 10'000'000);
    c.after(1ms).ack(0).expect_blocks(1, 16);
    c.lose().expect_blocks(1, 16).lose().expect_blocks(1, 8);
    auto pause = c.t.deadline - c.now;
    CHECK(pause >= 1ms);
    CHECK(pause <= 20ms);
    c.lose().expect_blocks(9, 8).after(1ms).ack(16).expect_blocks(17, 8).lose().expect_blocks(25, 8);
    // Then it grows again, when 32 windows in a row have needed nothing.
    for (std::uint16_t n = 32; n < 16 * 40; n = static_cast<std::uint16_t>(n + 16)) {
        c.after(1ms).ack(n);
        if (c.t.burst < 16) c.lose();
    }
    CHECK(c.t.burst == 16);
}

TEST_CASE("a single lost tail does not shrink the burst") {
    conversation c(window_16);
    c.after(1ms).ack(0).lose().expect_blocks(1, 16).after(1ms).ack(16).after(1ms).ack(32).lose();
    CHECK(c.t.burst == 16);
}

TEST_CASE("blocks that the kernel had no room for come after a pause, without back-off") {
    conversation c(window_16);
    c.after(1ms).ack(0).expect_blocks(1, 16).happens(not_sent{5}).expect(nothing{});
    CHECK(c.t.deadline == c.now + 1ms);
    c.ack(7).expect(nothing{});  // never sent
    c.lose().expect_blocks(5, 12).after(1ms).ack(16).expect_blocks(17, 16);
    CHECK(c.t.retransmits == 0);
    CHECK(c.t.backoff == 0);
}

TEST_CASE("netascii learns its last block when it is made, and moves on only with the ACK") {
    conversation c(plain, 600, transfer_mode::netascii);
    c.expect_blocks(1);
    note_netascii(c.t, {512, {500, std::uint8_t{'\n'}}});
    CHECK(c.t.here == netascii_place{});
    c.lose().expect_blocks(1).ack(1).expect_blocks(2);
    CHECK(c.t.here == netascii_place{500, std::uint8_t{'\n'}});
    CHECK(acknowledged_bytes(c.t) == 500);
    note_netascii(c.t, {101, {600, {}}});
    c.ack(2).expect_end(ending::finished);
    CHECK(acknowledged_bytes(c.t) == 600);
}
