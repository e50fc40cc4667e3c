#include "tftpd/io/window.hpp"

#include <limits.h>

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace tftpd {

static std::array<std::uint8_t, std::size_t{64} * 1024> zeros{};

void window::begin(std::uint64_t first, std::size_t count, std::size_t blksize) {
    first_ = first;
    count_ = count;
    blksize_ = blksize;
    size_ = opened_ = room_ = 0;
    parts_.clear();
    open_block();
}

void window::open_block() {
    auto* header = &headers_[opened_ * header_size];
    put_data_header(header, static_cast<std::uint16_t>(first_ + opened_));
    starts_[opened_] = parts_.size();
    parts_.push_back({header, header_size});
    room_ = blksize_;
    ++opened_;
}

void window::add(bytes_view payload) {
    while (!payload.empty()) {
        if (room_ == 0) open_block();
        auto here = payload.first(std::min(room_, payload.size()));
        // The kernel only reads; iovec knows no const.
        parts_.push_back({const_cast<std::uint8_t*>(here.data()), here.size()});
        room_ -= here.size();
        size_ += here.size();
        payload = payload.subspan(here.size());
    }
}

void window::take(bytes_view datagrams) {
    parts_.assign(1, {const_cast<std::uint8_t*>(datagrams.data()), datagrams.size()});
    size_ = datagrams.size() - count_ * header_size;
}

std::span<iovec> window::block(std::size_t index) {
    auto end = index + 1 < opened_ ? starts_[index + 1] : parts_.size();
    return std::span(parts_).subspan(starts_[index], end - starts_[index]);
}

bool window::gather(const landscaper::content& content, std::uint64_t offset,
                    const std::vector<mapped_file>& maps) {
    bool mapped = true;
    auto add_zeros = [&](std::uint64_t left) {
        while (left > 0) {
            auto here = std::min<std::uint64_t>(left, zeros.size());
            add(bytes_view(zeros).first(static_cast<std::size_t>(here)));
            left -= here;
        }
    };
    auto add_file = [&](const landscaper::file_extent& f) {
        const auto* m = find(maps, f.file.get());
        mapped &= m != nullptr;
        if (!m) return;
        m->map->use(static_cast<std::size_t>(f.length));
        add({m->map->data() + f.offset, static_cast<std::size_t>(f.length)});
    };
    content.for_each(offset, std::uint64_t{count_} * blksize_, [&](const landscaper::extent& part) {
        std::visit(landscaper::overloaded{
                       add_file,
                       [&](const landscaper::zero_extent& z) { add_zeros(z.length); },
                       [&](const landscaper::literal_extent& l) {
                           add(bytes_view(*l.data).subspan(static_cast<std::size_t>(l.offset),
                                                           static_cast<std::size_t>(l.length)));
                       },
                   },
                   part);
    });
    return mapped && close() && parts_.size() <= IOV_MAX;
}

// A multiple of blksize ends with an empty block.
bool window::close() {
    if (opened_ < count_) open_block();
    return opened_ == count_;
}

}  // namespace tftpd
