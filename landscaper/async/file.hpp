// Small files, whole; and safe opening beneath a folder. Blocking: for files of kilobytes on local disks, and
// for opening what is then served.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/content.hpp"
#include "landscaper/base/error.hpp"

namespace landscaper {

// The whole file, refused when it is longer than `limit` bytes.
result<std::string> read_file(const std::string& path, std::size_t limit = std::size_t{16} << 20);

// Temporary file in the same folder, fsync, rename, fsync of the folder: after it returns the new content is
// durable, and no crash leaves anything between old and new.
result<void> write_file_atomically(const std::string& path, std::string_view data, unsigned mode = 0644);

// The folder and its missing parents, with `mode` for those that are made.
result<void> make_folders(const std::string& path, unsigned mode = 0755);

// Opens a regular file (or, for a folder descriptor, O_PATH) for reading.
result<std::shared_ptr<const open_file>> open_for_reading(const std::string& path);
result<unique_fd> open_folder(const std::string& path);

// Opens a regular file beneath `folder` without leaving it and without following symbolic links (openat2).
result<std::shared_ptr<const open_file>> open_beneath(int folder, const std::string& name);

// An anonymous file with this content, sealed against every change (memfd_create).
result<std::shared_ptr<const open_file>> sealed_memfd(const std::string& name, bytes_view data);

// The same with what is in `file` now, from its first byte to its size; refused above `limit` bytes.
result<std::shared_ptr<const open_file>> copy_to_memfd(const open_file& file, std::uint64_t limit);

// Whether the folder lies on a tmpfs, where secrets are forgotten by a reboot.
bool is_on_tmpfs(const std::string& path);

}  // namespace landscaper
