// Windows that several transfers send alike (a rack fetches one kernel at one time), as one piece of memory
// each: the kernel takes that for less than header and payload of every block apart. Bounded, and only for
// what was asked for twice. Never sends.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/content.hpp"

namespace tftpd {

using landscaper::bytes_view;

// Part of one version of one file, cut into blocks with their numbers: transfers with equal ones send equal
// bytes.
struct window_key {
    std::uint64_t mapping = 0;  // mapping::id()
    std::uint64_t version = 0;  // of the file when the transfer began
    std::uint64_t offset = 0;   // in the file
    std::uint64_t size = 0;     // bytes of payload
    std::uint64_t first = 0;    // number of the first block
    std::size_t count = 0, blksize = 0;
    friend bool operator==(const window_key&, const window_key&) = default;
};

class shared_windows {
  public:
    // The datagrams one behind the other, valid until the next call. Empty when it was not asked for before,
    // or cannot be read.
    bytes_view find(const window_key& key, const landscaper::open_file& file);
    // Forgets all, and their memory.
    void clear();

  private:
    struct slot {
        window_key key;
        landscaper::bytes datagrams;  // empty: asked for once
    };
    std::array<slot, 64> slots_;  // at most 64 KiB each
};

}  // namespace tftpd
