// Read leases (fcntl(2), F_SETLEASE) on files that are being served: whoever wants to overwrite or truncate
// one waits in his open() or truncate() until the lease is given back, and until then the old version can be
// kept. Not to be had for a file of another user without CAP_LEASE, one that somebody writes to, and on file
// systems without leases: then nothing is held. The kernel takes a lease away after
// /proc/sys/fs/lease-break-time (45 s).
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "landscaper/base/content.hpp"

namespace tftpd {

class leases {
  public:
    using file_ptr = std::shared_ptr<const landscaper::open_file>;

    // Ends with the last holder of the file.
    void take(const file_ptr& file);
    bool none() const { return held_.empty(); }
    // Files that somebody waits for. The kernel tells by a signal, which stays ignored (SIGURG): ask now and
    // then.
    std::vector<file_ptr> wanted();
    void give_back(const file_ptr& file);

  private:
    std::unordered_map<const landscaper::open_file*, std::weak_ptr<const landscaper::open_file>> held_;
};

}  // namespace tftpd
