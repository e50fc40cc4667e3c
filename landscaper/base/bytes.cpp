#include "landscaper/base/bytes.hpp"

#include <algorithm>

namespace landscaper {

bytes_view reader::take(std::size_t count) {
    if (failed_ || count > data_.size()) {
        failed_ = true;
        data_ = {};
        return {};
    }
    auto front = data_.first(count);
    data_ = data_.subspan(count);
    return front;
}

std::uint64_t reader::big(std::size_t count) {
    std::uint64_t value = 0;
    for (auto byte : take(count)) value = value << 8 | byte;
    return value;
}

std::uint64_t reader::little(std::size_t count) {
    std::uint64_t value = 0;
    std::size_t shift = 0;
    for (auto byte : take(count)) {
        value |= std::uint64_t{byte} << shift;
        shift += 8;
    }
    return value;
}

std::string_view reader::cstring() {
    auto end = std::find(data_.begin(), data_.end(), std::uint8_t{0});
    if (end == data_.end()) {
        take(data_.size() + 1);
        return {};
    }
    auto text = as_text(take(static_cast<std::size_t>(end - data_.begin())));
    take(1);
    return text;
}

writer& writer::u8(std::uint8_t value) {
    data_.push_back(value);
    return *this;
}
writer& writer::be16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value));
}
writer& writer::be32(std::uint32_t value) {
    return be16(static_cast<std::uint16_t>(value >> 16)).be16(static_cast<std::uint16_t>(value));
}
writer& writer::le16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value)).u8(static_cast<std::uint8_t>(value >> 8));
}
writer& writer::le32(std::uint32_t value) {
    return le16(static_cast<std::uint16_t>(value)).le16(static_cast<std::uint16_t>(value >> 16));
}
writer& writer::le64(std::uint64_t value) {
    return le32(static_cast<std::uint32_t>(value)).le32(static_cast<std::uint32_t>(value >> 32));
}
writer& writer::put(bytes_view data) {
    data_.insert(data_.end(), data.begin(), data.end());
    return *this;
}
writer& writer::zeros(std::size_t count) {
    data_.resize(data_.size() + count);
    return *this;
}
writer& writer::align(std::size_t alignment) {
    return zeros((alignment - data_.size() % alignment) % alignment);
}

}  // namespace landscaper
