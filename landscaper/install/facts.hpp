// What the installer says about the machine (the JSON of landscaper-facts, iso/installer/CONTRACT.md). The
// host is hostile until its key is proven and fallible afterwards: types, sizes and counts are checked here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/error.hpp"
#include "landscaper/base/mac_address.hpp"

namespace landscaper::install {

enum class install_errc {
    bad_facts = 1,  // landscaper-facts printed something else than its contract says
    bad_evidence,   // the same for landscaper-blank
    bad_proof,      // a step's output does not prove what the step promises
    hold,           // a person has to decide; the context is the sentence
    too_small,      // not enough RAM or disk; the context has the figures
    no_cache,       // the host does not reach the rack's cache; the context says what it saw
    wrong_plan,     // a step was asked for before what it needs was learnt
    went_back,      // the host runs another system than the new one; the context says why
    not_confirmed,  // the same: nobody reached the new one in time
    restarted,      // the same: the host was started before the new one was confirmed
};
const char* describe(install_errc code);

// A magic number that blkid or wipefs finds, on the disk or one of its partitions.
struct signature {
    std::string device;        // "/dev/vda1"
    std::uint64_t offset = 0;  // bytes from the start of the device
    std::string type;          // "ext4", "gpt", "linux_raid_member"
    std::string label;
    // What all members of its array, volume group or pool have in common; empty = not known.
    std::string set{};
    friend bool operator==(const signature&, const signature&) = default;
};

struct disk_facts {
    std::string path;                // "/dev/vda"
    std::vector<std::string> by_id;  // names in /dev/disk/by-id
    std::string wwid;                // WWID, EUI or NGUID; empty when the disk has none
    std::string model;
    std::string serial;
    std::uint64_t size = 0;      // bytes
    std::uint64_t sector = 512;  // bytes, logical
    std::string transport;       // "virtio", "nvme", "sata", "usb", ...
    bool removable = false;
    bool read_only = false;
    std::vector<std::string> holders;  // what uses the disk or a partition: "/dev/md0", "/dev/dm-1"
    std::vector<signature> signatures;
    std::optional<bytes> marker;         // the 4096 bytes at marker_offset when they begin with the magic
    std::vector<std::string> multipath;  // other paths to the same disk
    std::vector<std::string> errors;     // what could not be read
    friend bool operator==(const disk_facts&, const disk_facts&) = default;
};

struct nic_facts {
    std::string name;
    mac_address mac;
    bool link = false;
    std::uint64_t speed = 0;  // Mbit/s, 0 = unknown
    std::string driver;
    friend bool operator==(const nic_facts&, const nic_facts&) = default;
};

enum class firmware { bios, uefi };

struct facts {
    install::firmware firmware = firmware::uefi;
    bool secure_boot = false;
    std::uint64_t ram = 0;     // bytes
    std::string boot_current;  // "0003", empty on BIOS
    std::int64_t clock = 0;    // Unix time, seconds
    std::vector<disk_facts> disks;
    std::vector<nic_facts> nics;
    friend bool operator==(const facts&, const facts&) = default;
};

result<facts> parse_facts(std::string_view json);

// What names this disk whatever its path is today: the WWID, else model+serial+size. Empty when the disk has
// neither WWID nor serial: such a disk is only its size and model and cannot be told from its twin.
std::string identity_of(const disk_facts& disk);

}  // namespace landscaper::install

LANDSCAPER_ERROR_ENUM(landscaper::install, install_errc, "install")
