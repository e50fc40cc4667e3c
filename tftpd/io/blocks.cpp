#include "tftpd/io/blocks.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "landscaper/async/read_content.hpp"
#include "tftpd/digest.hpp"

namespace tftpd {

// The largest UDP payload of IPv4, and what the kernel takes in one UDP_SEGMENT call.
static constexpr std::size_t largest_send = 65507;
static constexpr std::size_t most_segments = 64;

// Blocks that go out in one call.
struct block_sender::batch {
    std::uint64_t first = 0;
    std::size_t count = 0;
    std::size_t blksize = 0;
};

block_sender::block_sender() : buffer_(header_size + largest_send), headers_(header_size * most_segments) {}

std::uint64_t version_of(const landscaper::content& content) {
    digest out;
    const landscaper::open_file* last = nullptr;
    for (const auto& e : content.extents()) {
        const auto* f = std::get_if<landscaper::file_extent>(&e);
        if (!f || f->file.get() == last) continue;
        last = f->file.get();
        struct stat s {};
        if (::fstat(last->fd.get(), &s) < 0) continue;
        for (auto n : {static_cast<std::uint64_t>(s.st_dev), static_cast<std::uint64_t>(s.st_ino),
                       static_cast<std::uint64_t>(s.st_size), static_cast<std::uint64_t>(s.st_mtim.tv_sec),
                       static_cast<std::uint64_t>(s.st_mtim.tv_nsec)}) {
            out.add(n);
        }
    }
    return out.value();
}

static bool is_full() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM;
}

sent_blocks block_sender::send(int fd, transfer& t, block_source& from, const send_blocks& what) {
    const std::size_t blksize = t.agreed.block_bytes();
    const auto per_batch = std::clamp<std::size_t>(largest_send / (blksize + header_size), 1, most_segments);
    auto end = what.first + what.count;
    // The client has the whole file only with its last block: checked before that one, once.
    bool last = end > t.last_block || t.mode == transfer_mode::netascii;
    if (last && version_of(from.content) != from.version) return {sending::unreadable, what.first};
    sent_blocks out{sending::done, what.first};
    while (out.outcome == sending::done && out.next < end) {
        batch b{out.next, static_cast<std::size_t>(std::min<std::uint64_t>(per_batch, end - out.next)),
                blksize};
        out = send_batch(fd, t, from, b);
    }
    return out;
}

static result<std::size_t> fill_netascii(transfer& t, const block_source& from,
                                         std::span<std::uint8_t> into) {
    std::vector<std::uint8_t> input(into.size());
    TRY(auto size, landscaper::read_content(from.content, t.here.offset, input));
    auto made = put_netascii(t.here, bytes_view(input).first(size), into);
    note_netascii(t, made);
    return made.size;
}

// Payload of the batch, behind the room for one header; its size.
result<std::size_t> block_sender::fill(transfer& t, const block_source& from, const batch& b) {
    auto into = std::span(buffer_).subspan(header_size, b.count * b.blksize);
    if (t.mode == transfer_mode::netascii) return fill_netascii(t, from, into);
    return landscaper::read_content(from.content, block_offset(t, b.first), into);
}

sent_blocks block_sender::send_batch(int fd, transfer& t, block_source& from, const batch& b) {
    auto size = fill(t, from, b);
    if (!size) return {sending::unreadable, b.first};
    if (b.count > 1 && from.segments) {
        auto out = send_segments(fd, from, b, *size);
        if (from.segments) return out;
    }
    return send_singly(fd, b, *size);
}

static std::size_t payload_size(std::size_t blksize, std::size_t index, std::size_t size) {
    return std::min(blksize, size - std::min(size, index * blksize));
}

// Clears from.segments when kernel or path refuse.
sent_blocks block_sender::send_segments(int fd, block_source& from, const batch& b, std::size_t size) {
    std::array<iovec, 2 * most_segments> parts;
    for (std::size_t i = 0; i < b.count; ++i) {
        auto* header = &headers_[i * header_size];
        put_data_header(header, static_cast<std::uint16_t>(b.first + i));
        parts[2 * i] = {header, header_size};
        parts[2 * i + 1] = {&buffer_[header_size + i * b.blksize], payload_size(b.blksize, i, size)};
    }
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
    auto* c = reinterpret_cast<cmsghdr*>(control.data());
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    auto segment = static_cast<std::uint16_t>(b.blksize + header_size);
    std::memcpy(CMSG_DATA(c), &segment, sizeof segment);
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = 2 * b.count;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::sendmsg(fd, &message, MSG_NOSIGNAL) >= 0) {
        bytes_ += size;
        return {sending::done, b.first + b.count};
    }
    if (is_full()) return {sending::no_room, b.first};
    if (errno == ECONNREFUSED) return {sending::port_closed, b.first};
    if (errno == EINVAL || errno == EIO || errno == EMSGSIZE || errno == EOPNOTSUPP || errno == ENOPROTOOPT) {
        from.segments = false;
    }
    return {sending::done, b.first + b.count};
}

// The header goes in front of each payload, over the end of the one before, which is gone by then.
sent_blocks block_sender::send_singly(int fd, const batch& b, std::size_t size) {
    if (b.count > 1) ++plain_sends_;
    for (std::size_t i = 0; i < b.count; ++i) {
        auto* datagram = &buffer_[i * b.blksize];
        put_data_header(datagram, static_cast<std::uint16_t>(b.first + i));
        auto payload = payload_size(b.blksize, i, size);
        if (::send(fd, datagram, header_size + payload, MSG_NOSIGNAL) >= 0) {
            bytes_ += payload;
        } else if (is_full()) {
            return {sending::no_room, b.first + i};
        } else if (errno == ECONNREFUSED) {
            return {sending::port_closed, b.first + i};
        }
    }
    return {sending::done, b.first + b.count};
}

}  // namespace tftpd
