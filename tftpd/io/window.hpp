// The datagrams of a window as pieces of memory for the kernel: headers, and payload where it lies. Never
// sends, never reads the payload.
#pragma once

#include <sys/uio.h>

#include <array>
#include <span>
#include <vector>

#include "landscaper/base/content.hpp"
#include "tftpd/io/mapping.hpp"
#include "tftpd/packet.hpp"

namespace tftpd {

// What the kernel takes in one UDP_SEGMENT call.
inline constexpr std::size_t most_segments = 64;

class window {
  public:
    // Empties it. Blocks count from `first`, of `blksize` bytes.
    void begin(std::uint64_t first, std::size_t count, std::size_t blksize);
    // Payload from [offset, offset + blksize * count) of `content`, in place. False when it cannot be: a file
    // is not mapped, or there are too many pieces.
    bool gather(const landscaper::content& content, std::uint64_t offset,
                const std::vector<mapped_file>& maps);
    // The same from memory; `payload` has to live until the window is sent.
    void add(bytes_view payload);
    // All its datagrams one behind the other, for one UDP_SEGMENT call; they have to live until it is sent.
    void take(bytes_view datagrams);
    // Behind the last add(). False when blocks are missing.
    bool close();

    std::size_t count() const { return count_; }
    std::uint64_t first() const { return first_; }
    std::size_t blksize() const { return blksize_; }
    std::size_t payload_size() const { return size_; }
    std::span<iovec> all() { return parts_; }
    std::span<iovec> block(std::size_t index);

  private:
    void open_block();

    std::uint64_t first_ = 0;
    std::size_t count_ = 0, blksize_ = 0, size_ = 0;
    std::size_t opened_ = 0;  // blocks with a header
    std::size_t room_ = 0;    // bytes left in the last of them
    std::vector<iovec> parts_;
    std::array<std::size_t, most_segments + 1> starts_{};  // of each block in parts_
    std::array<std::uint8_t, header_size * most_segments> headers_{};
};

}  // namespace tftpd
