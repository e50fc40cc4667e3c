// Hands blocks of a content to the kernel: a window in one call (UDP_SEGMENT), or one by one where kernel or
// path refuse that. Knows nothing of acknowledgements.
#pragma once

#include <memory>
#include <vector>

#include "landscaper/base/content.hpp"
#include "tftpd/io/leases.hpp"
#include "tftpd/io/shared_windows.hpp"
#include "tftpd/io/window.hpp"
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
    std::uint64_t version = 0;      // of its files when the transfer began
    std::vector<mapped_file> maps;  // those of its files that can be mapped
    bool segments = true;           // UDP_SEGMENT was not refused yet
};

// A file as it was before somebody changed it in place.
struct kept_file {
    std::shared_ptr<const landscaper::open_file> file, copy;
};

// Of all files in it: which ones, how long, when last modified. A file that is replaced keeps its version;
// one that is written or truncated does not.
std::uint64_t version_of(const landscaper::content& content);

// One for all transfers: it holds the buffers.
class block_sender {
  public:
    block_sender();

    block_source source_of(landscaper::content content);

    // Files that somebody is about to write to (see leases.hpp), each with a copy, null where it is too large
    // for one. Every source is to be given keep() of all of them, and then they are let go of.
    std::vector<kept_file> wanted_files();
    void keep(block_source& source, const kept_file& file);
    void let_go(const kept_file& file) { leases_.give_back(file.file); }
    bool watches_files() const { return !leases_.none(); }

    // Sends `what` of `t` on a connected socket. For netascii it tells `t` what the block was.
    sent_blocks send(int fd, transfer& t, block_source& from, const send_blocks& what);

    // When nothing is sent any more: the memory of what transfers had in common.
    void forget_shared() { shared_.clear(); }

    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t plain_sends() const { return plain_sends_; }

  private:
    bool take_shared(const transfer& t, const block_source& from);
    result<void> fill(transfer& t, const block_source& from);
    sent_blocks send_window(int fd, transfer& t, block_source& from);
    sent_blocks send_segments(int fd, block_source& from);
    sent_blocks send_singly(int fd);

    leases leases_;
    mappings mappings_;
    window window_;
    shared_windows shared_;
    std::vector<std::uint8_t> buffer_;  // payload of one window that cannot be sent from where it lies
    std::uint64_t bytes_ = 0;
    std::uint64_t plain_sends_ = 0;
};

}  // namespace tftpd
