// Files as memory that only the kernel touches: a send straight from it costs no read and no copy here.
// Never read it in this program: behind the end of a file that was truncated meanwhile that is SIGBUS, while
// a send only fails (EFAULT).
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "landscaper/base/content.hpp"

namespace tftpd {

class mapping {
  public:
    // Bytes [0, file->size) of it; null when the kernel cannot map it, or there are none.
    static std::shared_ptr<const mapping> make(std::shared_ptr<const landscaper::open_file> file);
    ~mapping();
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;

    const std::uint8_t* data() const { return data_; }
    // Bytes of it are about to be sent. Now and then all pages are let go of, which costs little: they stay
    // in the page cache, and this program's resident memory is not the size of what it serves.
    void use(std::size_t bytes) const;
    const landscaper::open_file* file() const { return file_.get(); }
    // Of this program's life no other mapping has it.
    std::uint64_t id() const { return id_; }

  private:
    mapping(std::shared_ptr<const landscaper::open_file> file, const std::uint8_t* data);

    std::shared_ptr<const landscaper::open_file> file_;
    const std::uint8_t* data_;
    std::uint64_t id_;
    mutable std::size_t used_ = 0;  // bytes since pages were let go of
};

// A file of a transfer that can be mapped.
struct mapped_file {
    std::shared_ptr<const mapping> map;
    std::uint64_t version = 0;  // when the transfer began
};

// Null when `file` is none of them.
const mapped_file* find(const std::vector<mapped_file>& maps, const landscaper::open_file* file);

// One mapping per open file, for as long as a transfer holds it.
class mappings {
  public:
    std::shared_ptr<const mapping> of(const std::shared_ptr<const landscaper::open_file>& file);

  private:
    std::unordered_map<const landscaper::open_file*, std::weak_ptr<const mapping>> known_;
};

}  // namespace tftpd
