#include "pxe/link/ring.hpp"

#include <algorithm>

#include "pxe/link/message.hpp"

namespace pxe::link {

event_ring::event_ring(std::uint64_t epoch, std::size_t capacity) : epoch_(epoch), capacity_(capacity) {}

void event_ring::add(event e) {
    e.epoch = epoch_;
    e.seq = next_++;
    lines_.push_back(encode_event(e) + '\n');
    if (lines_.size() > capacity_) lines_.pop_front();
}

void event_ring::set_progress(std::uint64_t transfer, event e) {
    e.epoch = epoch_;
    e.seq = 0;
    progress_[transfer] = {++progress_version_, encode_event(e) + '\n'};
}

void event_ring::forget_progress(std::uint64_t transfer) {
    progress_.erase(transfer);
}

event_ring::cursor event_ring::resume(std::uint64_t epoch, std::uint64_t seq) const {
    if (epoch != epoch_) return {};
    return {std::min(seq, newest()), 0};
}

std::string event_ring::take(cursor& at, std::size_t max_bytes) const {
    std::string out;
    auto oldest = next_ - lines_.size();
    if (at.seq + 1 < oldest) {
        out = encode(lost{oldest - at.seq - 1}) + '\n';
        at.seq = oldest - 1;
    }
    while (at.seq < newest() && out.size() < max_bytes) {
        out += lines_[at.seq + 1 - oldest];
        ++at.seq;
    }
    return out;
}

std::string event_ring::take_progress(cursor& at) const {
    std::string out;
    if (at.progress == progress_version_) return out;
    for (const auto& [transfer, state] : progress_) {
        if (state.version > at.progress) out += state.line;
    }
    at.progress = progress_version_;
    return out;
}

}  // namespace pxe::link
