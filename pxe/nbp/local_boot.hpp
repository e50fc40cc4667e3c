// local.efi, the EFI program that starts the loader on a host's own disk, or holds the host with a sentence:
// the generic program is one file for all, its last bytes say what it does. Here those bytes are made and
// read; the program itself is in local_boot/.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "landscaper/base/content.hpp"
#include "pxe/nbp/error.hpp"
#include "pxe/nbp/local_boot/tail.h"

namespace pxe::nbp {

// Bytes at the end of local.efi that differ per host.
inline constexpr std::uint64_t tail_size = LOCAL_BOOT_TAIL_SIZE;

// A GUID as EFI stores it: the first three fields little-endian.
struct efi_guid {
    std::array<std::uint8_t, 16> octets{};
    // As blkid prints PARTUUID: c12a7328-f81f-11d2-ba4b-00a0c93ec93b, either case.
    static std::optional<efi_guid> parse(std::string_view text);
    std::string text() const;  // lower case
    friend bool operator==(const efi_guid&, const efi_guid&) = default;
};

enum class tail_mode {
    local,  // start the loader on the disk
    hold,   // print the text, ask again
};

struct local_boot_tail {
    tail_mode mode = tail_mode::local;
    std::optional<efi_guid> esp;  // the partition to prefer; without it any local one
    // Shown on the machine's screen: ASCII, "\n" between lines; other characters become '?' when encoded.
    std::string text;
    std::uint32_t retry_seconds = 30;  // until the next attempt when held, or when no loader was found
    friend bool operator==(const local_boot_tail&, const local_boot_tail&) = default;
};

landscaper::result<landscaper::bytes> encode(const local_boot_tail& tail);
landscaper::result<local_boot_tail> decode_tail(landscaper::bytes_view last_bytes);

// local.efi for one host: the generic program up to its tail, as the extents it came in, then the host's tail
// as one literal that bootd's socket takes inline. `last_bytes` are the last tail_size bytes of `generic`.
landscaper::result<landscaper::content> local_boot(const landscaper::content& generic,
                                                   landscaper::bytes_view last_bytes,
                                                   const local_boot_tail& tail);

}  // namespace pxe::nbp
