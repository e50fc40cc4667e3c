// The netascii form of a file (RFC 764: LF becomes CR LF, CR becomes CR NUL), made block by block. Never
// reads the file itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tftpd/packet.hpp"

namespace tftpd {

// Where a block begins in the file. A pair may be cut by a block's end: its second byte comes first then.
struct netascii_place {
    std::uint64_t offset = 0;  // bytes of the file that are wholly behind it
    std::optional<std::uint8_t> pending;
    friend bool operator==(const netascii_place&, const netascii_place&) = default;
};

struct netascii_block {
    std::size_t size = 0;  // bytes written; less than asked only at the end of the file
    netascii_place after;  // where the next block begins
};

// Fills `into` from `from`, whose file bytes are `input` (as many as fit, fewer only at the end of the file).
netascii_block put_netascii(const netascii_place& from, bytes_view input, std::span<std::uint8_t> into);

}  // namespace tftpd
