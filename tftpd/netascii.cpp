#include "tftpd/netascii.hpp"

namespace tftpd {

netascii_block put_netascii(const netascii_place& from, bytes_view input, std::span<std::uint8_t> into) {
    netascii_block out{0, from};
    auto& place = out.after;
    std::size_t read = 0;
    while (out.size < into.size()) {
        if (place.pending) {
            into[out.size++] = *place.pending;
            place.pending.reset();
            continue;
        }
        if (read == input.size()) break;
        auto c = input[read++];
        ++place.offset;
        if (c == '\n') {
            into[out.size++] = '\r';
            place.pending = '\n';
        } else {
            into[out.size++] = c;
            if (c == '\r') place.pending = std::uint8_t{0};
        }
    }
    return out;
}

}  // namespace tftpd
