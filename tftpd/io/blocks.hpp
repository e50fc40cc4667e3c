// Reads blocks of a content and hands them to the kernel: a window in one call (UDP_SEGMENT), or one by one
// where kernel or path refuse that. Knows nothing of acknowledgements.
#pragma once

#include <memory>
#include <vector>

#include "landscaper/base/content.hpp"
#include "tftpd/transfer.hpp"

namespace tftpd {

enum class sending : std::uint8_t {
    done,         // all blocks are with the kernel, or lost like any packet
    no_room,      // not all: its buffers are full
    port_closed,  // the client's host says that nobody listens
    unreadable,   // the content could not be read, or is another by now
};

struct sent_blocks {
    sending outcome = sending::done;
    std::uint64_t next = 0;  // the first block that was not sent
};

// What a transfer needs besides its state.
struct block_source {
    landscaper::content content;
    std::uint64_t version = 0;  // of its files when the transfer began
    bool segments = true;       // UDP_SEGMENT was not refused yet
};

// Of all files in it: which ones, how long, when last modified. A file that is replaced keeps its version;
// one that is written or truncated does not.
std::uint64_t version_of(const landscaper::content& content);

// One for all transfers: it holds the buffers.
class block_sender {
  public:
    block_sender();

    // Sends `what` of `t` on a connected socket. For netascii it tells `t` what the block was.
    sent_blocks send(int fd, transfer& t, block_source& from, const send_blocks& what);

    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t plain_sends() const { return plain_sends_; }

  private:
    struct batch;
    result<std::size_t> fill(transfer& t, const block_source& from, const batch& b);
    sent_blocks send_batch(int fd, transfer& t, block_source& from, const batch& b);
    sent_blocks send_segments(int fd, block_source& from, const batch& b, std::size_t size);
    sent_blocks send_singly(int fd, const batch& b, std::size_t size);

    std::vector<std::uint8_t> buffer_;  // payload of one batch, with room for a header in front
    std::vector<std::uint8_t> headers_;
    std::uint64_t bytes_ = 0;
    std::uint64_t plain_sends_ = 0;
};

}  // namespace tftpd
