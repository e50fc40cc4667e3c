// A TFTP client as values: packets in, packets out, for tests over a simulated link and over loopback. Knows
// how real clients differ where the RFCs leave room. Never sends anything itself.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "tftpd/packet.hpp"

namespace tftpd::test {

// What a client does with a block that it did not expect.
enum class habit {
    each_time,  // EDK2: acknowledges what it has, for every such block
    once,       // U-Boot: the same, but once per gap
    mute,       // ignores it, and waits for its own timer
};

class model_client {
  public:
    model_client(request asked, tftpd::test::habit habit = habit::each_time)
        : asked_(std::move(asked)), habit_(habit) {}

    packet first() const { return asked_; }

    std::vector<packet> on(const packet& p) {
        if (auto* d = std::get_if<data>(&p)) return on_data(*d);
        if (auto* o = std::get_if<option_ack>(&p)) return on_oack(*o);
        if (auto* e = std::get_if<error_message>(&p)) error_ = *e;
        return {};
    }
    // Its own timer: the last packet again.
    std::vector<packet> on_timeout() const {
        if (!heard_) return {asked_};
        return {acknowledge()};
    }

    bool done() const { return done_; }
    const std::optional<error_message>& error() const { return error_; }
    const bytes& received() const { return received_; }
    const std::optional<option_ack>& options() const { return options_; }
    std::uint64_t blocks() const { return expected_ - 1; }
    std::uint64_t unexpected() const { return unexpected_; }

  private:
    packet acknowledge() const { return ack{static_cast<std::uint16_t>(expected_ - 1)}; }

    static unsigned number(const std::string& text) {
        unsigned value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    std::vector<packet> on_oack(const option_ack& o) {
        if (expected_ > 1) return {};
        heard_ = true;
        options_ = o;
        for (const auto& [name, value] : o.options) {
            if (name == "blksize") blksize_ = number(value);
            if (name == "windowsize") window_ = number(value);
        }
        return {acknowledge()};
    }

    std::vector<packet> on_data(const data& d) {
        heard_ = true;
        if (d.block != static_cast<std::uint16_t>(expected_)) return on_unexpected();
        if (done_) return {};
        received_.insert(received_.end(), d.payload.begin(), d.payload.end());
        ++expected_;
        done_ = d.payload.size() < blksize_;
        if (!done_ && ++unacknowledged_ < window_) return {};
        unacknowledged_ = 0;
        return {acknowledge()};
    }

    std::vector<packet> on_unexpected() {
        ++unexpected_;
        if (habit_ == habit::mute) return {};
        if (habit_ == habit::once && complained_at_ == expected_) return {};
        complained_at_ = expected_;
        unacknowledged_ = 0;
        return {acknowledge()};
    }

    request asked_;
    tftpd::test::habit habit_;
    bytes received_;
    std::optional<option_ack> options_;
    std::optional<error_message> error_;
    std::size_t blksize_ = 512;
    std::size_t window_ = 1;
    std::size_t unacknowledged_ = 0;
    std::uint64_t expected_ = 1;
    std::uint64_t complained_at_ = 0;
    std::uint64_t unexpected_ = 0;
    bool heard_ = false;
    bool done_ = false;
};

// Bytes that differ everywhere, so that a block in the wrong place shows.
inline bytes sample_bytes(std::size_t size) {
    bytes out(size);
    std::uint64_t x = 0x9e3779b97f4a7c15u;
    for (auto& byte : out) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        byte = static_cast<std::uint8_t>(x >> 32);
    }
    return out;
}

}  // namespace tftpd::test
