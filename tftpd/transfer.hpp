// One transfer of a file to a client: events in, one action out, `now` passed in, deadline out. Plain values,
// so that it can be written down and gone on with (record.hpp). Never sends, reads or looks at a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include "tftpd/netascii.hpp"
#include "tftpd/options.hpp"
#include "tftpd/report.hpp"

namespace tftpd {

using steady = std::chrono::steady_clock;
using time_point = steady::time_point;
using std::chrono::microseconds;

enum class stage : std::uint8_t {
    negotiating,  // the OACK is out, ACK 0 is awaited
    sending,      // blocks are out, or paused between two bursts
    ended,
};

inline constexpr std::uint64_t unknown_block = std::numeric_limits<std::uint64_t>::max();

// Block numbers count from 1 and do not wrap here; the wire has their low 16 bits, so 65535 is followed by 0.
struct transfer {
    agreement agreed;
    transfer_mode mode = transfer_mode::octet;
    std::uint64_t size = 0;                    // bytes of the content
    std::uint64_t last_block = unknown_block;  // netascii learns it when it comes to it

    tftpd::stage stage = tftpd::stage::negotiating;
    ending end = ending::running;
    std::uint64_t acknowledged = 0;  // all blocks up to this one
    std::uint64_t next = 1;          // the next to send in this pass over the window
    std::uint64_t highest = 0;       // that was ever sent
    std::uint16_t burst = 1;         // blocks sent without a pause: the window, less after repeated tail loss
    netascii_place here, after;      // where the unacknowledged block begins and ends

    time_point started{}, heard{}, sent{};  // request; last progress; last send
    time_point deadline{};                  // when deadline_passed is due
    microseconds srtt{0}, rttvar{0};        // RFC 6298; no sample yet while srtt is 0
    std::uint32_t resends = 0;              // since the last progress
    std::uint32_t backoff = 0;              // doublings of the timer
    std::uint32_t tail_losses = 0;          // timeouts since the last window that needed none
    std::uint32_t clean_windows = 0;        // in a row
    bool answered = false;  // the client has acknowledged something: its address is no forgery
    bool clean = true;      // no block of this pass was sent before: its RTT counts (Karn)
    bool quick = false;     // a repeated ACK may stand for a lost first block of the window
    std::uint64_t retransmits = 0;

    friend bool operator==(const transfer&, const transfer&) = default;
};

transfer begin_transfer(const agreement& agreed, transfer_mode mode, std::uint64_t size, time_point now);

// Events.
struct started {};  // first of all: what is to be sent now
struct ack_received {
    std::uint16_t block = 0;
};
struct error_received {
    error_number number{};
    std::string text;
};
struct deadline_passed {};   // `now` is not before `deadline`
struct request_repeated {};  // the same RRQ from the same port
struct port_closed {};       // ICMP: nobody listens there
struct content_lost {};      // reading failed, or the file has changed
struct not_sent {
    std::uint64_t first = 0;
};  // the kernel had no room for this block and those behind it
using transfer_event = std::variant<started, ack_received, error_received, deadline_passed, request_repeated,
                                    port_closed, content_lost, not_sent>;

// Actions.
struct nothing {
    friend bool operator==(nothing, nothing) = default;
};
struct send_oack {
    friend bool operator==(send_oack, send_oack) = default;
};
struct send_blocks {
    std::uint64_t first = 0;
    std::uint16_t count = 0;
    friend bool operator==(const send_blocks&, const send_blocks&) = default;
};
struct stop {           // the transfer has ended; transfer::end says how
    bool tell = false;  // with ERROR 0 and `text`
    std::string_view text;
    friend bool operator==(const stop&, const stop&) = default;
};
using action = std::variant<nothing, send_oack, send_blocks, stop>;

action on(transfer& t, const transfer_event& event, time_point now);

// netascii: what the block that send_blocks asked for turned out to be.
void note_netascii(transfer& t, const netascii_block& made);

// Bytes of block `n` (octet); bytes the client has for certain.
std::uint64_t block_offset(const transfer& t, std::uint64_t n);
std::uint64_t acknowledged_bytes(const transfer& t);
// Time until a packet is taken for lost, back-off included.
microseconds retransmission_time(const transfer& t);

}  // namespace tftpd
