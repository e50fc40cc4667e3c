// What must hold whenever an appliance is about to write: judged by the truth about disks and people, which
// the code under test never sees.
#pragma once

#include <set>

#include "landscaper/inventory/rack.hpp"
#include "landscaper/ledger/model.hpp"
#include "tests/landscaper/job/disk_world.hpp"

namespace landscaper::tests {

// Broken: a disk would have been written that nobody may write.
struct violation {
    std::string what;
};

// What a person allowed, and for how long.
struct promise {
    std::string boot_id;
    std::uint64_t expires = 0, attempt = 0;
    install::id128 rack{};
    std::set<std::string> identities;
};

inline author author_of(const install::install_plan& plan) {
    return {plan.rack, plan.host, plan.nonce};
}

// A grant that the gate took for live: is it what a person said, of this host, attempt and rack, in time?
inline void must_be_meant(const promise& p, const install::install_plan& plan,
                          const install::appliance_time& now, inventory::wipe_policy policy) {
    if (p.boot_id != now.boot_id || p.expires <= now.seconds) throw violation{"a wipe too late"};
    if (p.attempt != plan.attempt) throw violation{"a wipe in another attempt"};
    if (p.rack != plan.rack) throw violation{"a wipe by another rack"};
    std::set<std::string> meant;
    for (const auto& disk : plan.disks) meant.insert(install::identity_of(disk));
    if (meant != p.identities) throw violation{"a wipe of other disks than were shown"};
    bool covers = policy == inventory::wipe_policy::own || policy == inventory::wipe_policy::any;
    if (!covers) throw violation{"a wipe against the policy"};
}

// The gate says that the first command may be issued. Judged by what lay on the disks when they were read
// (`seen`), although the script would look once more.
inline void must_be_open_to(const install::install_plan& plan, const std::vector<model_disk>& seen,
                            inventory::wipe_policy policy) {
    if (policy == inventory::wipe_policy::never) throw violation{"a command against `never`"};
    std::set<std::string> identities;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& disk = seen[i];
        auto identity = install::identity_of(plan.disks[i]);
        if (identity.empty()) throw violation{"a command for a disk without identity"};
        if (!identities.insert(identity).second) throw violation{"a command for one disk twice"};
        if (!disk.holders.empty()) throw violation{"a command for a disk in a set"};
        bool blank = disk.holds == model_disk::content::nothing;
        bool attempt = disk.holds == model_disk::content::attempt && disk.by == author_of(plan);
        bool own = disk.holds != model_disk::content::other && disk.by.rack == plan.rack &&
                   disk.by.host == plan.host;
        bool any = policy == inventory::wipe_policy::any;
        if (blank || attempt || (plan.destroy && (own || any))) continue;
        throw violation{"the gate opens for a disk that nobody may write: " + disk.reason};
    }
    if (identities.empty()) throw violation{"a command for no disk"};
}

// Contract 4: disk and ledger agree about an attempt under way, or a person decides.
inline void must_agree(const install::install_plan& plan, const std::vector<model_disk>& seen,
                       const std::vector<ledger::marker>& markers) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (seen[i].holds == model_disk::content::nothing) continue;
        bool is_meant = false;
        for (const auto& marker : markers) {
            is_meant = is_meant ||
                       (marker.nonce == plan.nonce && marker.disk == install::identity_of(plan.disks[i]));
        }
        if (!is_meant) throw violation{"goes on with an attempt that the ledger never began on this disk"};
    }
}

inline void must_be_finishing(const install::install_plan& plan, const std::vector<model_disk>& seen) {
    for (const auto& disk : seen) {
        bool attempt = disk.holds == model_disk::content::attempt && disk.by == author_of(plan);
        bool done = disk_world::carries(disk, plan, install::marker_state::finished);
        if (!attempt && !done) throw violation{"the finished marker for a disk that is not this attempt's"};
    }
}

}  // namespace landscaper::tests
