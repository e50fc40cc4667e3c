// What is served: a sequence of extents (parts of open files, zeros, small literal bytes) read at any offset
// without ever being put together. TFTP and HTTP serve from it; a composed NBP costs no copy.
// Here is only the arithmetic; reading is landscaper/async/read_content.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace landscaper {

// An open file; shared by all extents and transfers that read it, closed with the last of them.
struct open_file {
    unique_fd fd;
    std::uint64_t size = 0;  // bytes, when it was opened
    std::string name;        // for people
};

struct file_extent {
    std::shared_ptr<const open_file> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    friend bool operator==(const file_extent&, const file_extent&) = default;
};
struct zero_extent {
    std::uint64_t length = 0;
    friend bool operator==(const zero_extent&, const zero_extent&) = default;
};
struct literal_extent {
    std::shared_ptr<const bytes> data;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    friend bool operator==(const literal_extent&, const literal_extent&) = default;
};
using extent = std::variant<file_extent, zero_extent, literal_extent>;

std::uint64_t length_of(const extent& e);
extent literal(bytes data);
extent whole_file(std::shared_ptr<const open_file> file);

class content {
  public:
    content() = default;
    explicit content(std::vector<extent> extents);

    std::uint64_t size() const { return size_; }
    const std::vector<extent>& extents() const { return extents_; }
    // The extents that make up [offset, offset + length), clipped to the size.
    std::vector<extent> slice(std::uint64_t offset, std::uint64_t length) const;
    // Calls visit(const extent&) for each of them, first to last, without allocating for file and zero
    // extents.
    template <class Visitor>
    void for_each(std::uint64_t offset, std::uint64_t length, Visitor&& visit) const {
        for (auto i = index_of(offset); i < extents_.size() && length > 0; ++i) {
            auto skip = offset - starts_[i];
            auto take = std::min(length, length_of(extents_[i]) - skip);
            visit(part_of(extents_[i], skip, take));
            offset += take;
            length -= take;
        }
    }

  private:
    static extent part_of(const extent& whole, std::uint64_t skip, std::uint64_t take);
    std::size_t index_of(std::uint64_t offset) const;

    std::vector<extent> extents_;
    std::vector<std::uint64_t> starts_;
    std::uint64_t size_ = 0;
};

}  // namespace landscaper
