#include "tftpd/io/shared_windows.hpp"

#include <sys/uio.h>

#include <algorithm>

#include "tftpd/packet.hpp"

namespace tftpd {

// Headers, and between them what the kernel fills in.
static bool compose(const window_key& key, const landscaper::open_file& file, landscaper::bytes& into) {
    into.resize(key.count * header_size + static_cast<std::size_t>(key.size));
    std::vector<iovec> payload;
    auto left = static_cast<std::size_t>(key.size);
    auto* at = into.data();
    for (std::size_t i = 0; i < key.count; ++i) {
        put_data_header(at, static_cast<std::uint16_t>(key.first + i));
        auto here = std::min(left, key.blksize);
        payload.push_back({at + header_size, here});
        at += header_size + here;
        left -= here;
    }
    auto got = ::preadv(file.fd.get(), payload.data(), static_cast<int>(payload.size()),
                        static_cast<off_t>(key.offset));
    return got >= 0 && static_cast<std::uint64_t>(got) == key.size;
}

bytes_view shared_windows::find(const window_key& key, const landscaper::open_file& file) {
    // Windows that follow each other lie in different slots, since a rack's clients are at different places.
    auto& s = slots_[(key.first / std::max<std::size_t>(key.count, 1) + key.mapping) % slots_.size()];
    bool again = s.key == key;
    if (again && !s.datagrams.empty()) return s.datagrams;
    s.key = key;
    s.datagrams.clear();
    if (!again) return {};
    if (!compose(key, file, s.datagrams)) s.datagrams.clear();
    return s.datagrams;
}

void shared_windows::clear() {
    slots_ = {};
}

}  // namespace tftpd
