// Small cpio archives of the "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format):
// the host's own files that follow the shared initrd. Never reads or writes the file system.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "pxe/nbp/error.hpp"

namespace pxe::nbp {

struct cpio_entry {
    std::string path;             // relative, without a leading slash: "landscaper/host.json"
    std::uint32_t mode = 0;       // st_mode; without type bits a regular file: 0600 is 0100600
    landscaper::bytes content{};  // empty for a directory
    friend bool operator==(const cpio_entry&, const cpio_entry&) = default;

    bool is_directory() const { return (mode & 0170000) == 0040000; }
};

// The archive with its trailer, padded to 512 bytes; owner 0:0, time 0, so equal files give equal bytes.
// Missing parent folders stand before their files, mode 0755.
landscaper::result<landscaper::bytes> write_cpio(const std::vector<cpio_entry>& entries);

// The entries up to the first trailer; what follows it is ignored. Leading zeros are skipped (the kernel does
// so too); nothing but zeros is an empty list.
landscaper::result<std::vector<cpio_entry>> read_cpio(landscaper::bytes_view archive);

}  // namespace pxe::nbp
