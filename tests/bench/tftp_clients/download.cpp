#include "download.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace bench {

enum opcode : std::uint16_t { rrq = 1, data = 3, ack = 4, error = 5, oack = 6 };

static std::uint16_t be16(bytes_view at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

download::download(std::string name, bytes_view expected, unsigned blksize, unsigned windowsize,
                   std::uint64_t abort_at)
    : name_(std::move(name)),
      content_(expected),
      asked_blksize_(blksize),
      asked_windowsize_(windowsize),
      abort_at_(abort_at) {}

std::string download::request() const {
    std::string out("\0\1", 2);
    auto add = [&](const std::string& text) { out.append(text).push_back('\0'); };
    add(name_);
    add("octet");
    if (asked_blksize_ != 512) add("blksize"), add(std::to_string(asked_blksize_));
    if (asked_windowsize_ != 1) add("windowsize"), add(std::to_string(asked_windowsize_));
    return out;
}

bool download::on_datagram(bytes_view datagram) {
    if (is_over() || datagram.size() < 4) return false;
    switch (be16(datagram)) {
        case opcode::data: return on_data(be16(datagram.subspan(2)), datagram.subspan(4));
        case opcode::oack: return on_oack(datagram.subspan(2));
        case opcode::error: return fail(state::refused);
        default: return false;
    }
}

bool download::fail(bench::state how) {
    state_ = how;
    return false;
}

bool download::acknowledge() {
    auto block = static_cast<std::uint16_t>(expected_block_ - 1);
    answer_ = {0, opcode::ack, static_cast<std::uint8_t>(block >> 8), static_cast<std::uint8_t>(block)};
    answer_size_ = 4;
    unacknowledged_ = 0;
    return true;
}

bool download::give_up() {
    answer_ = {0, opcode::error, 0, 0, 'b', 'y', 'e', 0};
    answer_size_ = 8;
    state_ = state::aborted;
    return true;
}

// More than was asked for is what EDK2 rejects a server for.
bool download::take_option(std::string name, unsigned value) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    if (name == "blksize" && asked_blksize_ != 512 && value >= 8 && value <= asked_blksize_) {
        blksize_ = value;
    } else if (name == "windowsize" && asked_windowsize_ != 1 && value >= 1 && value <= asked_windowsize_) {
        windowsize_ = value;
    } else {
        return false;
    }
    return true;
}

static std::string take_string(bytes_view& from) {
    auto end = std::find(from.begin(), from.end(), 0);
    std::string out(from.begin(), end);
    from = from.subspan(std::min(out.size() + 1, from.size()));
    return out;
}

bool download::on_oack(bytes_view options) {
    if (expected_block_ > 1) return false;
    while (!options.empty()) {
        auto name = take_string(options), text = take_string(options);
        unsigned value = 0;
        auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        bool is_number = failed == std::errc() && end == text.data() + text.size();
        if (!is_number || !take_option(name, value)) return fail(state::wrong);
    }
    state_ = state::running;
    return acknowledge();
}

bool download::on_data(std::uint16_t block, bytes_view payload) {
    state_ = state::running;
    if (block != static_cast<std::uint16_t>(expected_block_)) {
        ++unexpected_;
        return acknowledge();
    }
    auto here = content_.subspan(received_, std::min<std::size_t>(blksize_, content_.size() - received_));
    if (payload.size() != here.size() || std::memcmp(payload.data(), here.data(), here.size()) != 0) {
        return fail(state::wrong);
    }
    received_ += payload.size();
    if (expected_block_ == abort_at_) return give_up();
    ++expected_block_;
    bool last = payload.size() < blksize_;
    if (!last && ++unacknowledged_ < windowsize_) return false;
    acknowledge();
    if (last) state_ = state::done;
    return true;
}

}  // namespace bench
