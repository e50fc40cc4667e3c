#include "landscaper/base/content.hpp"

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace landscaper {

std::uint64_t length_of(const extent& e) {
    return std::visit([](const auto& part) { return part.length; }, e);
}

extent literal(bytes data) {
    auto length = data.size();
    return literal_extent{std::make_shared<const bytes>(std::move(data)), 0, length};
}

extent whole_file(std::shared_ptr<const open_file> file) {
    auto length = file->size;
    return file_extent{std::move(file), 0, length};
}

content::content(std::vector<extent> extents) {
    // Empty extents would make index_of ambiguous.
    std::erase_if(extents, [](const extent& e) { return length_of(e) == 0; });
    extents_ = std::move(extents);
    starts_.reserve(extents_.size());
    for (const auto& e : extents_) {
        starts_.push_back(size_);
        size_ += length_of(e);
    }
}

std::size_t content::index_of(std::uint64_t offset) const {
    if (offset >= size_) return extents_.size();
    auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return static_cast<std::size_t>(next - starts_.begin()) - 1;
}

extent content::part_of(const extent& whole, std::uint64_t skip, std::uint64_t take) {
    return std::visit(overloaded{
                          [&](const file_extent& f) -> extent {
                              return file_extent{f.file, f.offset + skip, take};
                          },
                          [&](const zero_extent&) -> extent { return zero_extent{take}; },
                          [&](const literal_extent& l) -> extent {
                              return literal_extent{l.data, l.offset + skip, take};
                          },
                      },
                      whole);
}

std::vector<extent> content::slice(std::uint64_t offset, std::uint64_t length) const {
    std::vector<extent> out;
    for_each(offset, length, [&](extent part) { out.push_back(std::move(part)); });
    return out;
}

}  // namespace landscaper
