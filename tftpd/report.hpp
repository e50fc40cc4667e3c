// What the server tells the screen: one report per transfer at its start, at most two a second while it runs,
// and one at its end; and totals. Values only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "tftpd/source.hpp"

namespace tftpd {

// How a transfer ended; `running` while it has not.
enum class ending : std::uint8_t {
    running,
    finished,        // the last block was acknowledged
    presumed,        // all sent; only the last ACK is missing, which some clients never send
    size_probe,      // ERROR 8 or 0 right after an OACK with tsize: the client only wanted the size
    client_error,    // any other ERROR from the client
    client_gone,     // its port is closed (ICMP)
    superseded,      // the same port asked for something else
    timed_out,       // no answer for too long
    content_failed,  // the file could not be read, or changed meanwhile
    refused,         // an ERROR was our answer to the request
    stopped,         // the server stopped
    dropped,         // never began: descriptors, ports or room for requests ran out; the client asks again
};
const char* describe(ending e);

struct transfer_report {
    endpoint client;
    landscaper::ip_address local;
    std::uint32_t interface = 0;
    std::string name;                // as normalised; as asked, when it could not be
    std::uint64_t total = 0;         // bytes of the content
    std::uint64_t acknowledged = 0;  // bytes
    std::uint64_t rate = 0;  // bytes per second: since the last report, at the end over the whole transfer
    std::uint16_t blksize = 512;
    std::uint16_t windowsize = 1;
    std::uint64_t retransmits = 0;    // blocks and OACKs sent again
    std::chrono::milliseconds age{};  // since the request
    ending end = ending::running;
    std::uint16_t error = 0;  // the ERROR's number, for client_error, size_probe and refused
    std::string error_text;   // its text, from the client or to it, or why it was dropped; printable() before
                              // it is shown
};
// Must not block or throw.
using report_sink = std::function<void(const transfer_report&)>;

struct counters {
    std::uint64_t requests = 0;  // RRQ that were decoded
    std::uint64_t started = 0;   // transfers
    std::uint64_t finished = 0;  // finished and presumed
    std::uint64_t size_probes = 0;
    std::uint64_t failed = 0;     // all other endings of a started transfer
    std::uint64_t refused = 0;    // answered with ERROR
    std::uint64_t ignored = 0;    // not answered on the resolver's word
    std::uint64_t malformed = 0;  // datagrams on the listening socket that are no request
    std::uint64_t group_addressed =
        0;                       // requests to a broadcast or multicast address: silence (RFC 1123 4.2.3.5)
    std::uint64_t repeated = 0;  // RRQs that belonged to a running transfer
    std::uint64_t trimmed_names = 0;        // names with a trailing blank or 0xff, as some ROMs send
    std::uint64_t dropped_descriptors = 0;  // requests dropped because no socket could be made
    std::uint64_t dropped_backlog = 0;      // requests dropped because too many were waiting
    std::uint64_t foreign_tids = 0;         // answered with ERROR 5
    std::uint64_t retransmits = 0;
    std::uint64_t bytes = 0;        // payload handed to the kernel, retransmissions included
    std::uint64_t plain_sends = 0;  // windows sent without UDP_SEGMENT, because it was refused
};

}  // namespace tftpd
