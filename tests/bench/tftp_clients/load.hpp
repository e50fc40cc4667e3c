// What one run asks of a TFTP server, as given on the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bench {

struct load {
    std::string server = "127.0.0.1";  // IPv4 address
    std::uint16_t port = 69;
    std::string name;                 // the file, as asked for
    std::string expected;             // path of a file with the same bytes
    unsigned clients = 1;             // at once
    unsigned each = 1;                // transfers per client, one after the other
    unsigned blksize = 1428;          // 512 is asked for by leaving the option out
    unsigned windowsize = 1;          // 1 likewise
    unsigned loss = 0;                // per mille of the datagrams, in each direction
    unsigned abort = 0;               // per mille of the transfers that are given up in the middle
    std::chrono::microseconds delay;  // added to each direction
    std::chrono::milliseconds timer;  // until a client repeats its last packet
    unsigned away_every = 0;          // after so many looks at its sockets it does something else for 2 ms
    bool doubling = false;            // of that timer, up to 16 s
    std::chrono::seconds limit;       // for all of it
    std::uint64_t seed = 1;
};

// Throws std::invalid_argument with a sentence for the user.
load parse(int count, char** arguments);

}  // namespace bench
