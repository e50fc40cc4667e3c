// The inventory as values, defaults merged into every host. Compared by value: where something stood in the
// file is carried along for messages and never compared.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/mac_address.hpp"
#include "pxe/proxy/entry.hpp"

namespace landscaper::inventory {

enum class dhcp_mode { proxy, reservations, off };
enum class firmware_kind { uefi, bios };
enum class disk_layout { single_ext4, btrfs, mdadm_raid1, lvm_thin, zfs_mirror };
// Of two disks or more; of one and no more; others are of any number.
constexpr bool is_mirror(disk_layout of) {
    return of == disk_layout::mdadm_raid1 || of == disk_layout::zfs_mirror;
}
constexpr bool is_of_one_disk(disk_layout of) {
    return of == disk_layout::single_ext4 || of == disk_layout::btrfs;
}
enum class wipe_policy { blank, own, any, never };
enum class trust_mode { segment, confirm };
enum class host_driver { inventory, nixops4, module };

// The words of the file, also for JSON and the screen.
std::string_view word(dhcp_mode value);
std::string_view word(firmware_kind value);
std::string_view word(disk_layout value);
std::string_view word(wipe_policy value);
std::string_view word(trust_mode value);
std::string_view word(host_driver value);
std::string_view word(pxe::reply_style value);
std::string_view word(pxe::nbp_kind value);

// The appliance's own side of the provisioning network.
struct network {
    std::vector<std::string> interfaces;  // empty: chosen automatically
    std::optional<ip_prefix> address;     // none: by DHCP
    dhcp_mode dhcp = dhcp_mode::proxy;
    friend bool operator==(const network&, const network&) = default;
};

// Where the system of a role comes from (contract 5).
struct flake_system {
    std::string reference;  // ".#proxmox"
    friend bool operator==(const flake_system&, const flake_system&) = default;
};
struct store_system {
    std::string base, toplevel;  // store paths that serve every host
    friend bool operator==(const store_system&, const store_system&) = default;
};
using system_source = std::variant<flake_system, store_system>;

struct disk_wish {
    disk_layout layout = disk_layout::single_ext4;
    // At most one of the three is not empty; none: the one suitable disk.
    std::vector<std::string> devices;  // full names: "/dev/disk/by-id/..." or "/dev/disk/by-path/..."
    std::vector<std::string> serials;
    std::vector<std::string> matches;  // patterns with * and ? for names below /dev/disk/by-id
    wipe_policy wipe = wipe_policy::blank;
    std::uint64_t esp_size = std::uint64_t{512} << 20;  // bytes
    friend bool operator==(const disk_wish&, const disk_wish&) = default;
};

// Lines of keys in the file ("" is the host's own line), for messages. Never part of a comparison.
struct source_lines {
    std::map<std::string, int, std::less<>> by_key;
    int of(std::string_view key) const;  // the host's own line when the key is not written
    friend bool operator==(const source_lines&, const source_lines&) { return true; }
};

struct host {
    std::string name;
    std::vector<mac_address> mac;  // any of them is the host; never empty
    std::optional<ip_prefix> ip;   // none: by DHCP
    std::optional<ip_address> gateway;
    std::vector<ip_address> nameservers;
    std::string domain;           // DNS domain, of this host and for short names; empty without
    std::vector<ip_address> ntp;  // time servers
    std::uint16_t mtu = 0;        // bytes; 0: not said
    std::string role;
    firmware_kind firmware = firmware_kind::uefi;
    disk_wish disk;
    std::string disko;  // the verbatim spec as one line of JSON; empty without one
    std::string data;   // free data for the system's function, one line of JSON; empty without
    trust_mode trust = trust_mode::segment;
    host_driver managed_by = host_driver::inventory;
    pxe::reply_style style = pxe::reply_style::automatic;
    pxe::nbp_kind nbp = pxe::nbp_kind::automatic;
    source_lines lines;
    friend bool operator==(const host&, const host&) = default;
};

// A type whose members are repaired, and where it is written.
struct repaired_type {
    std::string name;  // "local.file"
    int line = 0, column = 0;
    friend bool operator==(const repaired_type& a, const repaired_type& b) { return a.name == b.name; }
};

// Looking at what others changed.
struct reconcile {
    std::chrono::seconds every = std::chrono::hours(1);
    std::vector<repaired_type> repair;
    friend bool operator==(const reconcile&, const reconcile&) = default;
};

// A dotted path, and where it is written.
struct launch_path {
    std::string text;  // "apps.social"
    int line = 0, column = 0;
    launch_path() = default;
    // Not explicit: phases are written as lists of texts where no file is read.
    launch_path(const char* path) : text(path) {}
    launch_path(std::string path, int at_line, int at_column)
        : text(std::move(path)), line(at_line), column(at_column) {}
    friend bool operator==(const launch_path& a, const launch_path& b) { return a.text == b.text; }
};
// Paths of members, phase after phase: a phase begins when everything in those before it is done.
using launch_phases = std::vector<std::vector<launch_path>>;

// Whom a deployment is run for; any of them may be empty.
struct operator_contact {
    std::string name, email, contact;
    friend bool operator==(const operator_contact&, const operator_contact&) = default;
};

// A tree of members of its own, with a state of its own.
struct deployment {
    std::string name;
    operator_contact run_for;
    // FILE.nix, from the inventory's folder, or FLAKE#ATTRIBUTE; empty: deployments/NAME/nixops4.nix, else
    // deployments/NAME.nix.
    std::string root;
    launch_phases launch;
    source_lines lines;
    friend bool operator==(const deployment&, const deployment&) = default;
};

// The rack's own deployment, which has no entry.
inline constexpr const char* rack_deployment = "rack";
// A label other than `rack_deployment`.
bool is_deployment_name(std::string_view name);

struct rack {
    std::string site = "rack";
    inventory::network network;
    std::map<std::string, system_source> systems;   // by role
    std::map<std::string, host> hosts;              // by name
    std::map<std::string, deployment> deployments;  // by name
    launch_phases launch;                           // of the rack's own members
    inventory::reconcile reconcile;
    friend bool operator==(const rack&, const rack&) = default;

    const host* find(const mac_address& mac) const;
};

}  // namespace landscaper::inventory
