// Everything the installation of one host needs to know, and what its steps learn. Plain values; the secrets
// are in a member of their own, which the host job fills directly before the step that needs them and clears
// after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "landscaper/install/disk_choice.hpp"
#include "landscaper/install/evidence.hpp"
#include "landscaper/install/facts.hpp"
#include "landscaper/install/marker.hpp"

namespace landscaper::install {

// Shell text from the layout expression (landscaper/nix/layout.hpp), for bash on the installer.
struct layout_scripts {
    std::string destroy;  // never run without a grant
    std::string format;   // partitions and file systems
    std::string mount;    // at /mnt
    std::string unmount;
    std::string source;  // which expression made them, for people
    friend bool operator==(const layout_scripts&, const layout_scripts&) = default;
};

// A boot partition of the installed disk.
struct esp {
    std::string disk;     // "/dev/vda"
    unsigned number = 1;  // of the partition
    std::string guid;     // unique partition GUID, lower case: what the local-boot NBP looks for
    std::string mount;    // "/boot"
    friend bool operator==(const esp&, const esp&) = default;
};

struct install_plan {
    // From ledger and inventory.
    std::string name;
    id128 rack{}, host{}, nonce{};
    sha256_digest key_id{};
    std::uint64_t attempt = 0;
    std::uint64_t now = 0;         // Unix time, seconds: the appliance's clock at this step
    std::string host_json;         // /etc/landscaper/host.json, without `installer`
    std::string authorized_keys;   // public keys, one a line
    std::string temporary_key;     // "ssh-ed25519 AAAA..": what installer and installed system answer with
    std::string cache_url;         // "http://10.0.0.2:8069/cache"
    std::string cache_key;         // "landscaper-rack:BASE64"
    std::string base;              // store path of the base system
    std::uint64_t base_bytes = 0;  // NAR size of its closure, 0 = unknown
    bool is_pushed = false;        // landscaper has copied it there: the copy step only proves it

    // From the decisions between the steps.
    std::vector<disk_facts> disks;   // chosen
    std::vector<disk_facts> others;  // read-only from the gate on
    bool destroy = false;            // the gate allowed disko's destroy mode
    layout_scripts layout;

    // Learnt from the host.
    facts machine;
    std::vector<disk_evidence> evidence;
    std::vector<esp> esps;
    std::string boot_id;  // of the installer's kernel: tells that the host has rebooted since
};

}  // namespace landscaper::install
