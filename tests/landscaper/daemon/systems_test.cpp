#include "landscaper/daemon/systems.hpp"

#include <doctest/doctest.h>

#include "landscaper/nix/command.hpp"

using namespace landscaper;
using inventory::disk_layout;

static std::vector<std::string> disks_for(const inventory::disk_wish& wanted) {
    inventory::host host;
    host.disk = wanted;
    return daemon::system_argument_of(host, {}).layout->devices;
}

TEST_CASE("a system knows the disks that the inventory names, and of others only which they are") {
    using names = std::vector<std::string>;
    inventory::disk_wish wanted;
    CHECK(disks_for(wanted) == names{"/dev/landscaper/main"});
    wanted.layout = disk_layout::zfs_mirror;
    CHECK(disks_for(wanted) == names{"/dev/landscaper/main", "/dev/landscaper/disk1"});
    wanted.serials = {"A", "B", "C"};
    CHECK(disks_for(wanted).back() == "/dev/landscaper/disk2");
    wanted.serials.clear();
    wanted.devices = {"/dev/disk/by-id/ata-A", "/dev/disk/by-id/ata-B"};
    CHECK(disks_for(wanted) == wanted.devices);
}

TEST_CASE("a system is told the firmware, its host's id and the layout's name") {
    inventory::host host;
    host.name = "px01";
    host.firmware = inventory::firmware_kind::bios;
    host.disk.layout = disk_layout::btrfs;
    auto told = daemon::system_argument_of(host, {"0123456789abcdef", "ssh-ed25519 A", "http://c", "k"});
    CHECK(told.host_id == "01234567");
    CHECK(told.firmware == "bios");
    CHECK(told.ip == "dhcp");
    CHECK(told.client_key == "ssh-ed25519 A");
    CHECK(told.layout->bios);
    CHECK(told.layout->layout == "btrfs");
}

TEST_CASE("a host's systems are its role's") {
    inventory::rack rack;
    inventory::host host;
    host.name = "px01";
    host.role = "proxmox";
    auto none = daemon::system_source_of(rack, host).error();
    CHECK(none.code() == nix::nix_errc::bad_system);
    CHECK(none.context() == "role proxmox of px01 has no entry under `systems:`");
    rack.systems["proxmox"] = inventory::flake_system{".#proxmox"};
    auto flake = daemon::system_source_of(rack, host).value();
    CHECK(std::get<nix::flake_attribute>(flake) == nix::flake_attribute{".", "proxmox"});
}
