#include "tftpd/io/mapping.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>

namespace tftpd {

using landscaper::open_file;

// Above this many the released ones are forgotten first.
static constexpr std::size_t many = 64;
static constexpr std::size_t most_resident = std::size_t{8} << 20;  // bytes of a file, about

std::shared_ptr<const mapping> mapping::make(std::shared_ptr<const open_file> file) {
    if (file->size == 0) return {};
    auto* at = ::mmap(nullptr, file->size, PROT_READ, MAP_SHARED, file->fd.get(), 0);
    if (at == MAP_FAILED) return {};
    return std::shared_ptr<const mapping>(new mapping(std::move(file), static_cast<const std::uint8_t*>(at)));
}

static std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

mapping::mapping(std::shared_ptr<const open_file> file, const std::uint8_t* data)
    : file_(std::move(file)), data_(data), id_(next_id()) {}

mapping::~mapping() {
    ::munmap(const_cast<std::uint8_t*>(data_), file_->size);
}

void mapping::use(std::size_t bytes) const {
    used_ += bytes;
    if (used_ < most_resident || file_->size < most_resident) return;
    used_ = 0;
    ::madvise(const_cast<std::uint8_t*>(data_), file_->size, MADV_DONTNEED);
}

const mapped_file* find(const std::vector<mapped_file>& maps, const landscaper::open_file* file) {
    auto found = std::find_if(maps.begin(), maps.end(), [&](const auto& m) { return m.map->file() == file; });
    return found == maps.end() ? nullptr : &*found;
}

std::shared_ptr<const mapping> mappings::of(const std::shared_ptr<const open_file>& file) {
    if (known_.size() >= many) std::erase_if(known_, [](const auto& e) { return e.second.expired(); });
    auto& entry = known_[file.get()];
    auto found = entry.lock();
    if (!found) entry = found = mapping::make(file);
    return found;
}

}  // namespace tftpd
