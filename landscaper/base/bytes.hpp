// Byte strings, and reading and writing integers in them. Bounds are checked here, once, so that decoders
// read as one line per field. Never owns what it views.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace landscaper {

using bytes = std::vector<std::uint8_t>;
using bytes_view = std::span<const std::uint8_t>;

// The bytes of a text, without a terminating NUL.
inline bytes_view as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(bytes_view data) {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

// Reads from the front of a view. A read past the end yields zeros (or an empty view) and makes the reader
// failed for good: decode all fields, then ask failed() once.
class reader {
  public:
    explicit reader(bytes_view data) : data_(data) {}

    bytes_view take(std::size_t count);
    std::uint8_t u8() { return static_cast<std::uint8_t>(big(1)); }
    std::uint16_t be16() { return static_cast<std::uint16_t>(big(2)); }
    std::uint32_t be32() { return static_cast<std::uint32_t>(big(4)); }
    std::uint16_t le16() { return static_cast<std::uint16_t>(little(2)); }
    std::uint32_t le32() { return static_cast<std::uint32_t>(little(4)); }
    std::uint64_t le64() { return little(8); }
    // Text up to and without the next NUL, which is consumed; failed when there is none.
    std::string_view cstring();

    bytes_view rest() const { return data_; }
    std::size_t left() const { return data_.size(); }
    bool failed() const { return failed_; }

  private:
    std::uint64_t big(std::size_t count);
    std::uint64_t little(std::size_t count);

    bytes_view data_;
    bool failed_ = false;
};

// Appends to a byte string.
class writer {
  public:
    writer& u8(std::uint8_t value);
    writer& be16(std::uint16_t value);
    writer& be32(std::uint32_t value);
    writer& le16(std::uint16_t value);
    writer& le32(std::uint32_t value);
    writer& le64(std::uint64_t value);
    writer& put(bytes_view data);
    writer& put(std::string_view text) { return put(as_bytes(text)); }
    writer& zeros(std::size_t count);
    // Zeros up to the next multiple of `alignment` bytes.
    writer& align(std::size_t alignment);

    std::size_t size() const { return data_.size(); }
    const bytes& data() const { return data_; }
    bytes finish() { return std::move(data_); }

  private:
    bytes data_;
};

}  // namespace landscaper
