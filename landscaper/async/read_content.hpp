// Reads content (landscaper/base/content.hpp) at any offset, with pread.
#pragma once

#include <span>

#include "landscaper/base/content.hpp"
#include "landscaper/base/error.hpp"

namespace landscaper {

// Fills `into` from `offset`; fewer bytes only at the end of the content. A file that has become shorter than
// its extent is an error (EIO): what was promised cannot be served.
result<std::size_t> read_content(const content& from, std::uint64_t offset, std::span<std::uint8_t> into);

// All of it, refused when longer than `limit` bytes.
result<bytes> read_content(const content& from, std::size_t limit = std::size_t{64} << 20);

}  // namespace landscaper
