#include <algorithm>

#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

namespace {

// Names like /dev/sda change between boots; with disks that is how the wrong one is erased.
void read_devices(reading& in, const yaml_node& value, const std::string& path, disk_wish& disk) {
    for_each_item(in, value, path, [&](const yaml_node& item) {
        auto written = read_text(in, item, path, "the name of a disk");
        if (!written) return;
        auto name = written->starts_with("/dev/disk/") ? written->substr(10) : *written;
        auto slash = name.find('/');
        auto folder = name.substr(0, slash);
        bool is_stable =
            slash != name.npos && slash + 1 < name.size() && (folder == "by-id" || folder == "by-path");
        bool is_one_file = name.find('/', slash + 1) == name.npos && name.find("..") == name.npos;
        if (!is_stable || !is_one_file) {
            in.bad_value(
                item, path, "a lasting name of a disk",
                "write by-id/NAME as /dev/disk/by-id shows it; names like /dev/sda change between boots");
        } else if (auto full = "/dev/disk/" + name;
                   std::find(disk.devices.begin(), disk.devices.end(), full) != disk.devices.end()) {
            in.bad_value(item, path, "new in this list", "write every disk once");
        } else {
            disk.devices.push_back(full);
        }
    });
}

void read_texts(reading& in, const yaml_node& value, const std::string& path, std::string_view wanted,
                std::vector<std::string>& target) {
    for_each_item(in, value, path, [&](const yaml_node& item) {
        if (auto written = read_text(in, item, path, wanted)) target.push_back(*written);
    });
}

constexpr row<disk_wish> rows[] = {
    {"layout", "single-ext4 | btrfs | mdadm-raid1 | lvm-thin | zfs-mirror", "single-ext4",
     "How the chosen disks are partitioned.",
     [](reading& in, const yaml_node& v, const std::string& p, disk_wish& d) {
         read_word(in, v, p, d.layout);
     }},
    {"devices", "by-id/NAME, one or a list", "",
     "The disks to install on, by their names below /dev/disk. Without devices, serial and match: the one "
     "suitable disk.",
     read_devices},
    {"serial", "text, one or a list", "", "The disks to install on, by serial number.",
     [](reading& in, const yaml_node& v, const std::string& p, disk_wish& d) {
         read_texts(in, v, p, "a serial number", d.serials);
     }},
    {"match", "pattern, one or a list", "",
     "The disks to install on, by patterns (* and ?) for their names below /dev/disk/by-id.",
     [](reading& in, const yaml_node& v, const std::string& p, disk_wish& d) {
         read_texts(in, v, p, "a pattern", d.matches);
     }},
    {"wipe", "blank | own | any | never", "blank",
     "What may be on a disk that is overwritten; own and any also need `landscaper arm`.",
     [](reading& in, const yaml_node& v, const std::string& p, disk_wish& d) {
         read_word(in, v, p, d.wipe);
     }},
    {"esp_size", "512M, 1G", "512M", "Size of the EFI system partition.",
     [](reading& in, const yaml_node& v, const std::string& p, disk_wish& d) {
         read_size(in, v, p, d.esp_size);
         constexpr auto mib = std::uint64_t{1} << 20;
         if (d.esp_size < 64 * mib || d.esp_size > 16384 * mib) {
             in.bad_value(v, p, "a size for an EFI system partition", "write 64M to 16G");
         }
     }},
};

void check_selection(reading& in, const yaml_node& section, const std::string& path, const disk_wish& disk) {
    auto ways = !disk.devices.empty() + !disk.serials.empty() + !disk.matches.empty();
    if (ways > 1)
        in.bad(section.at, path + ": more than one of devices, serial and match", "keep one of them");
    auto named = std::max(disk.devices.size(), disk.serials.size());
    auto layout = "layout " + std::string(word(disk.layout));
    if (is_mirror(disk.layout) && named == 1) {
        in.bad(section.at, path + ": " + layout + " with one disk", "name at least two, or take single-ext4");
    } else if (is_of_one_disk(disk.layout) && named > 1) {
        in.bad(section.at, path + ": " + layout + " with " + std::to_string(named) + " disks",
               "name one, or take mdadm-raid1 or zfs-mirror");
    }
}

}  // namespace

std::span<const row<disk_wish>> disk_rows() {
    return rows;
}

void read_disk(reading& in, const yaml_node& value, const std::string& path, disk_wish& target) {
    // A host that says which disks it means is not also bound by the defaults' choice.
    if (value.find("devices") || value.find("serial") || value.find("match")) {
        target.devices.clear();
        target.serials.clear();
        target.matches.clear();
    }
    if (read_section(in, value, path, disk_rows(), target)) check_selection(in, value, path, target);
}

}  // namespace landscaper::inventory
