#include "tftpd/io/blocks.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"
#include "tftpd/digest.hpp"

namespace tftpd {

static constexpr std::size_t largest_send = 65507;  // UDP payload of IPv4
static constexpr std::uint64_t most_kept = std::uint64_t{256}
                                           << 20;  // bytes of a file that is copied when it changes

block_sender::block_sender() : buffer_(largest_send) {}

static std::uint64_t version_of(const landscaper::open_file& file) {
    digest out;
    struct stat s {};
    if (::fstat(file.fd.get(), &s) < 0) return 0;
    for (auto n : {static_cast<std::uint64_t>(s.st_dev), static_cast<std::uint64_t>(s.st_ino),
                   static_cast<std::uint64_t>(s.st_size), static_cast<std::uint64_t>(s.st_mtim.tv_sec),
                   static_cast<std::uint64_t>(s.st_mtim.tv_nsec)}) {
        out.add(n);
    }
    return out.value();
}

std::uint64_t version_of(const landscaper::content& content) {
    digest out;
    const landscaper::open_file* last = nullptr;
    for (const auto& e : content.extents()) {
        const auto* f = std::get_if<landscaper::file_extent>(&e);
        if (!f || f->file.get() == last) continue;
        last = f->file.get();
        out.add(version_of(*last));
    }
    return out.value();
}

block_source block_sender::source_of(landscaper::content content) {
    block_source out;
    for (const auto& e : content.extents()) {
        if (const auto* f = std::get_if<landscaper::file_extent>(&e)) leases_.take(f->file);
    }
    out.version = version_of(content);
    for (const auto& e : content.extents()) {
        const auto* f = std::get_if<landscaper::file_extent>(&e);
        auto map = f ? mappings_.of(f->file) : nullptr;
        if (map && !find(out.maps, map->file())) out.maps.push_back({std::move(map), version_of(*f->file)});
    }
    out.content = std::move(content);
    return out;
}

std::vector<kept_file> block_sender::wanted_files() {
    std::vector<kept_file> out;
    for (auto& file : leases_.wanted()) {
        auto copy = landscaper::copy_to_memfd(*file, most_kept);
        out.push_back({std::move(file), copy ? std::move(*copy) : nullptr});
    }
    return out;
}

void block_sender::keep(block_source& source, const kept_file& kept) {
    auto extents = source.content.extents();
    bool any = false;
    for (auto& e : extents) {
        auto* f = std::get_if<landscaper::file_extent>(&e);
        if (!f || f->file != kept.file || !kept.copy) continue;
        f->file = kept.copy;
        any = true;
    }
    if (!any || version_of(source.content) != source.version) return;
    bool segments = source.segments;
    source = source_of(landscaper::content(std::move(extents)));
    source.segments = segments;
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
        window_.begin(out.next, std::min<std::size_t>(per_batch, end - out.next), blksize);
        out = send_window(fd, t, from);
    }
    return out;
}

static result<std::size_t> read_netascii(transfer& t, const block_source& from,
                                         std::span<std::uint8_t> into) {
    std::vector<std::uint8_t> input(into.size());
    TRY(auto size, landscaper::read_content(from.content, t.here.offset, input));
    auto made = put_netascii(t.here, bytes_view(input).first(size), into);
    note_netascii(t, made);
    return made.size;
}

// What is not sent from where it lies: netascii, and files that cannot be mapped.
result<void> block_sender::fill(transfer& t, const block_source& from) {
    auto into = std::span(buffer_).first(window_.count() * window_.blksize());
    auto size = t.mode == transfer_mode::netascii
                    ? read_netascii(t, from, into)
                    : landscaper::read_content(from.content, block_offset(t, window_.first()), into);
    if (!size) return size.error();
    window_.begin(window_.first(), window_.count(), window_.blksize());
    window_.add(bytes_view(into).first(*size));
    if (!window_.close()) return make_error_code(boost::system::errc::io_error);
    return {};
}

// Whether the window is part of one file, and others sent the same lately.
bool block_sender::take_shared(const transfer& t, const block_source& from) {
    if (t.mode != transfer_mode::octet) return false;
    const mapped_file* map = nullptr;
    window_key key{.first = window_.first(), .count = window_.count(), .blksize = window_.blksize()};
    int extents = 0;
    auto length = std::uint64_t{window_.count()} * window_.blksize();
    from.content.for_each(block_offset(t, window_.first()), length, [&](const landscaper::extent& part) {
        ++extents;
        const auto* f = std::get_if<landscaper::file_extent>(&part);
        if (!f) return;
        map = find(from.maps, f->file.get());
        key.offset = f->offset;
        key.size = f->length;
    });
    if (!map || extents != 1) return false;
    key.mapping = map->map->id();
    key.version = map->version;
    auto datagrams = shared_.find(key, *map->map->file());
    if (!datagrams.empty()) window_.take(datagrams);
    return !datagrams.empty();
}

sent_blocks block_sender::send_window(int fd, transfer& t, block_source& from) {
    if (window_.count() > 1 && from.segments && take_shared(t, from)) {
        auto out = send_segments(fd, from);
        if (from.segments) return out;
        window_.begin(window_.first(), window_.count(), window_.blksize());
    }
    bool in_place = t.mode == transfer_mode::octet &&
                    window_.gather(from.content, block_offset(t, window_.first()), from.maps);
    if (!in_place && !fill(t, from)) return {sending::unreadable, window_.first()};
    if (window_.count() > 1 && from.segments) {
        auto out = send_segments(fd, from);
        if (from.segments) return out;
    }
    return send_singly(fd);
}

static bool is_refusal() {
    return errno == EINVAL || errno == EIO || errno == EMSGSIZE || errno == EOPNOTSUPP ||
           errno == ENOPROTOOPT;
}

// What a failed send means for block `n`; EFAULT is a file that was truncated.
static sent_blocks failure(std::uint64_t n, std::uint64_t behind) {
    if (is_full()) return {sending::no_room, n};
    if (errno == ECONNREFUSED) return {sending::port_closed, n};
    if (errno == EFAULT) return {sending::unreadable, n};
    return {sending::done, behind};
}

// Clears from.segments when kernel or path refuse.
sent_blocks block_sender::send_segments(int fd, block_source& from) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
    auto* c = reinterpret_cast<cmsghdr*>(control.data());
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    auto segment = static_cast<std::uint16_t>(window_.blksize() + header_size);
    std::memcpy(CMSG_DATA(c), &segment, sizeof segment);
    msghdr message{};
    message.msg_iov = window_.all().data();
    message.msg_iovlen = window_.all().size();
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto behind = window_.first() + window_.count();
    if (::sendmsg(fd, &message, MSG_NOSIGNAL) < 0) {
        from.segments = !is_refusal();
        return failure(window_.first(), behind);
    }
    bytes_ += window_.payload_size();
    return {sending::done, behind};
}

sent_blocks block_sender::send_singly(int fd) {
    if (window_.count() > 1) ++plain_sends_;
    for (std::size_t i = 0; i < window_.count(); ++i) {
        msghdr message{};
        message.msg_iov = window_.block(i).data();
        message.msg_iovlen = window_.block(i).size();
        auto n = window_.first() + i;
        auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes_ += static_cast<std::size_t>(sent) - header_size;
            continue;
        }
        auto why = failure(n, n + 1);
        if (why.outcome != sending::done) return why;
    }
    return {sending::done, window_.first() + window_.count()};
}

}  // namespace tftpd
