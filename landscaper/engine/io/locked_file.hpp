// A file opened and locked with flock(2) for one read or one append. Never waits for the lock.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace landscaper::engine {

// What tells whether a file is still the one that was read.
struct file_identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = -1;
    timespec modified{};
    friend bool operator==(const file_identity& a, const file_identity& b);
};

class locked_file {
  public:
    enum class mode { shared, exclusive, create };

    // `create` makes the file (0600) when it is absent and locks it exclusively.
    static result<locked_file> open(const std::string& file, mode how);

    result<file_identity> identity() const;
    result<std::string> read() const;
    // Durable when it returns; after an error the file is as it was.
    result<void> append(std::string_view data);
    result<void> truncate(std::uint64_t size);
    const std::string& name() const { return name_; }

  private:
    locked_file(unique_fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

    unique_fd fd_;
    std::string name_;
};

// Makes the creation or removal of a file durable.
result<void> sync_folder_of(const std::string& file);

}  // namespace landscaper::engine
