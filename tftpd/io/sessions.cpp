#include "tftpd/io/sessions.hpp"

#include "tftpd/digest.hpp"

namespace tftpd {

static flow flow_of(const session& s) {
    return {s.record.client, s.record.local.address};
}

std::size_t flow_hash::operator()(const flow& f) const {
    digest out;
    out.add(bytes_view(f.client.address.octets)).add(f.client.port).add(bytes_view(f.local.octets));
    return static_cast<std::size_t>(out.value());
}

session& sessions::add(std::unique_ptr<session> made) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
        uses_.push_back(0);
    }
    auto slot = free_.back();
    free_.pop_back();
    made->id = std::uint64_t{++uses_[slot]} << 32 | slot;
    by_flow_[flow_of(*made)] = made->id;
    slots_[slot] = std::move(made);
    return *slots_[slot];
}

session* sessions::find(std::uint64_t id) {
    auto slot = static_cast<std::uint32_t>(id);
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->id != id) return nullptr;
    return slots_[slot].get();
}

session* sessions::find(const flow& f) {
    auto found = by_flow_.find(f);
    return found == by_flow_.end() ? nullptr : find(found->second);
}

std::unique_ptr<session> sessions::remove(session& which) {
    auto slot = static_cast<std::uint32_t>(which.id);
    by_flow_.erase(flow_of(which));
    free_.push_back(slot);
    return std::move(slots_[slot]);
}

std::vector<session*> sessions::all() {
    std::vector<session*> out;
    for (const auto& s : slots_) {
        if (s) out.push_back(s.get());
    }
    return out;
}

}  // namespace tftpd
