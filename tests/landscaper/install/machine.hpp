// Machines for the tests of this folder: facts as landscaper-facts prints them, disks as values.
#pragma once

#include <string>
#include <vector>

#include "landscaper/install/facts.hpp"

namespace landscaper::install_test {

// A virtual server: QEMU 7.2 q35, OVMF, one virtio disk; fields as in iso/installer/CONTRACT.md 7.
inline const std::string virtual_server = R"({
  "version": 1, "image": "landscaper installer", "kernel": "6.1.0-42-cloud-amd64", "clock": 1763712000,
  "coldplug": true, "firmware": "uefi", "secure_boot": false, "boot_current": 3, "ram": 1547763712,
  "disks": [{
    "path": "/dev/vda", "by_id": ["/dev/disk/by-id/virtio-disk-px01"], "wwid": null, "model": null,
    "serial": "disk-px01", "size": 21474836480, "logical_sector": 512, "physical_sector": 512,
    "removable": false, "read_only": false, "rotational": true, "transport": "virtio",
    "partition_table": null, "partitions": [], "holders": [], "mounted": [], "signatures": [], "markers": [],
    "multipath": [], "errors": []
  }],
  "nics": [{"name": "eth0", "mac": "52:54:00:0a:00:01", "link": true, "speed": null, "driver": "virtio_net"}]
})";

inline install::disk_facts disk(std::string path, std::string serial) {
    install::disk_facts out;
    out.path = std::move(path);
    out.by_id = {"/dev/disk/by-id/ata-" + serial};
    out.model = "QEMU HARDDISK";
    out.serial = std::move(serial);
    out.size = std::uint64_t{20} << 30;
    out.transport = "sata";
    return out;
}

inline install::facts machine(std::vector<install::disk_facts> disks) {
    install::facts out;
    out.ram = std::uint64_t{2} << 30;
    out.disks = std::move(disks);
    return out;
}

}  // namespace landscaper::install_test
