// Files of one folder as a source, for stand-alone use. Names resolve strictly beneath the folder; symlinks
// are never followed. A transfer keeps the file that it started with.
#pragma once

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "tftpd/source.hpp"

namespace tftpd {

// Files up to this many bytes are copied when opened, so that an in-place change cannot reach a running
// transfer. Larger ones are read from the descriptor under a lease: they are copied when somebody is about to
// change them, and where no lease is to be had a change ends the transfer with an ERROR.
inline constexpr std::uint64_t copied_file_size = 64 * 1024;

// Opens `path` (a folder) and answers from it. Fails when it is no folder or cannot be opened.
landscaper::result<resolver> folder(const std::string& path);
// The same, from a descriptor of the folder.
resolver folder(landscaper::unique_fd root);

}  // namespace tftpd
