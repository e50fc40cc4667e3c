// The grants of `landscaper arm` (contract 4): permissions to wipe one host's disks once, one file each in
// the runtime folder. A reboot of the appliance forgets them, whatever kind of folder that is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/install/gate.hpp"

namespace landscaper::daemon {

// How long after `arm` the server may still come up to be wiped.
inline constexpr std::chrono::seconds grant_lasts = std::chrono::hours(1);

class grants {
  public:
    explicit grants(std::string folder) : folder_(std::move(folder)) {}

    // On the disk when it returns; an earlier grant of the host is replaced. `identities` are of the disks
    // that the operator saw. Expires by CLOCK_BOOTTIME, so no setting of the clock prolongs it.
    result<void> put(const install::id128& host, std::uint64_t attempt,
                     const std::vector<std::string>& identities,
                     std::chrono::seconds lasts = grant_lasts) const;
    // The host's grant; `live` unless it has expired or another boot of the appliance made it. Nothing when
    // there is none that can be read.
    std::optional<install::grant> find(const install::id128& host) const;
    // Takes it away for good before the first byte that it permits; fails when it is not there.
    result<void> use(const install::id128& host) const;

  private:
    std::string file_of(const install::id128& host) const;

    std::string folder_;
};

}  // namespace landscaper::daemon
