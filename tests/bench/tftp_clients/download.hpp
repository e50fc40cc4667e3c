// One download as a client sees it (RFC 1350, 2347, 2348, 7440), behaving as EDK2 does: it acknowledges what
// it has for every block that it did not expect. Compares each byte. Written apart from tftpd/, so that a
// misunderstanding there shows here. Never sends, never looks at a clock.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace bench {

using bytes_view = std::span<const std::uint8_t>;

enum class state : std::uint8_t {
    asking,  // nothing was heard yet
    running,
    done,
    wrong,    // a byte, a length or an option that must not be
    refused,  // the server sent ERROR
    aborted,  // by us, as wanted
};

class download {
  public:
    // `blksize`, `windowsize`: what is asked for; an option that says no more than the default is left out.
    // `abort_at`: the block at which to give up, 0 for never.
    download(std::string name, bytes_view expected, unsigned blksize, unsigned windowsize,
             std::uint64_t abort_at);

    std::string request() const;
    // Takes a datagram from the server. True when last_answer() is to be sent.
    bool on_datagram(bytes_view datagram);
    // An ACK, or the ERROR of an abort; also what is repeated when the timer fires after something was heard.
    bytes_view answer() const { return bytes_view(answer_).first(answer_size_); }

    bench::state state() const { return state_; }
    bool is_over() const { return state_ > state::running; }
    std::uint64_t blocks() const { return expected_block_ - 1; }  // received in order
    std::uint64_t received() const { return received_; }          // bytes
    std::uint64_t unexpected() const { return unexpected_; }      // blocks
    unsigned windowsize() const { return windowsize_; }           // as agreed

  private:
    bool on_oack(bytes_view options);
    bool on_data(std::uint16_t block, bytes_view payload);
    bool take_option(std::string name, unsigned value);
    bool fail(bench::state how);
    bool acknowledge();
    bool give_up();

    std::string name_;
    bytes_view content_;
    unsigned asked_blksize_, asked_windowsize_;
    std::uint64_t abort_at_;
    unsigned blksize_ = 512, windowsize_ = 1;
    std::uint64_t expected_block_ = 1;
    std::uint64_t received_ = 0, unexpected_ = 0;
    unsigned unacknowledged_ = 0;
    bench::state state_ = bench::state::asking;
    std::array<std::uint8_t, 8> answer_{};
    std::size_t answer_size_ = 0;
};

}  // namespace bench
