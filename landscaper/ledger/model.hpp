// The ledger's content: what landscaper has proven about each host, and what it was about to do. The ledger
// is the truth about hosts. Values only; landscaper/ledger/io keeps them in SQLite.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/mac_address.hpp"

namespace landscaper::ledger {

// Milliseconds since the Unix epoch; 0 = never.
using unix_ms = std::int64_t;

using id128 = std::array<std::uint8_t, 16>;

// One temporary key pair, token and host.cpio. An attempt has one in force at a time, possibly several in a
// row.
struct payload {
    std::uint64_t number = 0;  // counts through all attempts of the host
    std::uint64_t attempt = 0;
    std::string token;       // 128 bits, hex
    std::string public_key;  // "ssh-ed25519 AAAA..."
    unix_ms made = 0;
    unix_ms withdrawn = 0;  // 0 = in force
    friend bool operator==(const payload&, const payload&) = default;
};

// A row of the plan tables in install/ and ssh/: written before its effect, completed by the host's proof.
struct step {
    std::uint64_t attempt = 0;
    std::string resource;  // installation, ssh_host_public_key, nixos, ...
    std::string name;
    unix_ms intent = 0;
    unix_ms proof = 0;  // 0 = not proven
    std::string proof_text;
    friend bool operator==(const step&, const step&) = default;
};

// Which host key answers: `pending` is written before the host switches to it.
struct pins {
    std::string temporary;
    std::string pending;
    std::string permanent;
    friend bool operator==(const pins&, const pins&) = default;
};

// A marker that landscaper wrote to a disk, by the disk's identity (WWID, EUI, NGUID, or model+serial+size).
struct marker {
    std::string disk;
    bool finished = false;
    id128 nonce{};
    unix_ms written = 0;
    friend bool operator==(const marker&, const marker&) = default;
};

struct generation {
    std::int64_t number = 0;
    std::string toplevel;
    unix_ms proven = 0;
    friend bool operator==(const generation&, const generation&) = default;
};

// A host is its identity: the id and a set of MACs. The name is a label.
struct host {
    id128 id{};
    std::string name;
    std::vector<mac_address> mac;
    std::string driver = "inventory";
    std::string path;           // of its chain in the engine: hosts.px01
    bool managed = true;        // false = gone from its source; still sent to its disk, pins kept
    bool held = false;          // by `landscaper hold`
    bool rescue = false;        // boots the installer to be looked at, until `landscaper resume`
    std::uint64_t attempt = 0;  // 0 = none was ever started
    id128 nonce{};              // of the attempt
    unix_ms attempt_started = 0;
    std::string address;  // the one that answered under a pinned key
    std::vector<payload> payloads;
    std::vector<step> steps;
    ledger::pins pins;
    std::vector<marker> markers;
    std::vector<generation> generations;
    std::string esp;  // GUID of the partition with the loader, as the host named it

    const payload* payload_in_force() const;
    const step* find_step(std::string_view resource,
                          std::string_view step_name) const;  // of the present attempt
    bool is_proven(std::string_view resource, std::string_view step_name) const;
    // Whether the finished marker of any attempt was read back from its disks.
    bool is_installed() const;
    friend bool operator==(const host&, const host&) = default;
};

struct model {
    id128 rack{};
    std::map<id128, host> hosts;

    const host* find_mac(const mac_address& mac) const;
    const host* find_name(std::string_view name) const;
    friend bool operator==(const model&, const model&) = default;
};

}  // namespace landscaper::ledger
