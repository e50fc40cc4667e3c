// A running transfer as bytes, to be handed over a restart in a memfd: all but its socket and its content.
#pragma once

#include <vector>

#include "tftpd/source.hpp"
#include "tftpd/transfer.hpp"

namespace tftpd {

struct transfer_record {
    endpoint client;
    endpoint local;                    // address and port that the client knows (its TID)
    std::uint32_t interface = 0;       // index of the interface that the request came in on
    std::uint64_t request_digest = 0;  // tells a repeated request from another one
    std::string asked;                 // name as sent
    std::string name;                  // normalised: what to resolve again
    tftpd::transfer transfer;
    friend bool operator==(const transfer_record&, const transfer_record&) = default;
};

enum class record_errc {
    malformed = 1,    // cut short, or a value that no transfer has
    unknown_version,  // written by another version of this code
};
const char* describe(record_errc code);

bytes encode(const std::vector<transfer_record>& records);
// Time points are those of the machine's steady clock: valid until it reboots.
result<std::vector<transfer_record>> decode_records(bytes_view data);

}  // namespace tftpd

LANDSCAPER_ERROR_ENUM(tftpd, record_errc, "transfer record")
