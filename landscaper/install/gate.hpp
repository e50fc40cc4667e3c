// The wipe gate: whether landscaper may write to the chosen disks (contract 4). The only place that says yes.
// Pure: what was seen, what the ledger says and what the operator granted come in, a verdict goes out.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/install/disk_choice.hpp"
#include "landscaper/install/evidence.hpp"
#include "landscaper/install/grant.hpp"

namespace landscaper::install {

enum class wipe_mode { blank, own, any, never };  // `disk.wipe`

// What the ledger says about this host.
struct ledger_view {
    id128 rack{};
    id128 host{};
    sha256_digest key_id{};
    std::uint64_t attempt = 0;
    id128 nonce{};                         // of the open attempt
    bool marker_intended = false;          // this attempt's open marker: intent written
    std::vector<std::string> marked;       // identities of the disks that intent named
    bool finish_intended = false;          // this attempt's finished marker: intent written
    std::optional<id128> installed_nonce;  // of the installation the ledger believes is on the disks
};

struct gate_question {
    wipe_mode mode = wipe_mode::blank;
    ledger_view ledger;
    std::optional<install::grant> grant;
    std::vector<disk_evidence> disks;   // the chosen ones
    std::optional<std::string> joined;  // joined_to_others() of their facts
};

// Write. `destroy` allows disko's destroy mode, which only a grant does; `resumes` says that the disks
// already carry this attempt's marker.
struct proceed {
    bool destroy = false;
    bool resumes = false;
    friend bool operator==(const proceed&, const proceed&) = default;
};
// This attempt has written everything but (perhaps) some finished markers: go on there.
struct finish {
    friend bool operator==(const finish&, const finish&) = default;
};
// Disk and ledger agree that the host is installed: it belongs to its disk.
struct boot_disk {
    std::string reason;
    friend bool operator==(const boot_disk&, const boot_disk&) = default;
};
// The disk carries a finished installation that the ledger does not know: offered to the operator.
struct offer_takeover {
    std::string reason;
    friend bool operator==(const offer_takeover&, const offer_takeover&) = default;
};
using verdict = std::variant<proceed, finish, boot_disk, offer_takeover, hold>;

verdict decide(const gate_question& question);

// "proceed", "hold: disk /dev/vda ...": for ledger and screen.
std::string describe(const verdict& v);

}  // namespace landscaper::install
