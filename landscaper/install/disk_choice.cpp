#include "landscaper/install/disk_choice.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"

namespace landscaper::install {

namespace {

std::string size_text(std::uint64_t size) {
    const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    auto value = size;
    for (; value >= 10240 && unit < 5; ++unit) value /= 1024;
    return std::to_string(value) + " " + units[unit];
}

std::string listed(const std::vector<disk_facts>& disks) {
    if (disks.empty()) return "no disk was seen; look for a controller in RAID or VMD mode";
    std::string out = "seen: ";
    for (const auto& disk : disks) out += (&disk == &disks.front() ? "" : "; ") + describe(disk);
    return out;
}

hold hold_with_list(std::string why, const facts& machine) {
    return {std::move(why) + "; " + listed(machine.disks)};
}

// Why landscaper would not take this disk by itself; empty when it would.
std::string unfit(const disk_facts& disk) {
    if (disk.read_only) return "is read-only";
    if (disk.size < smallest_disk) return "is smaller than 8 GiB";
    if (!disk.errors.empty()) return "cannot be read: " + text::printable(disk.errors.front(), 100);
    return {};
}

bool is_candidate(const disk_facts& disk) {
    return unfit(disk).empty() && !disk.removable && disk.transport != "usb";
}

// Multipath shows one disk several times, always with a WWID.
bool is_same(const disk_facts& a, const disk_facts& b) {
    if (a.path == b.path) return true;
    return !a.wwid.empty() && a.wwid == b.wwid && a.serial == b.serial && a.model == b.model &&
           a.size == b.size;
}

bool contains(const std::vector<disk_facts>& disks, const disk_facts& which) {
    return std::ranges::any_of(disks, [&](const disk_facts& disk) { return is_same(disk, which); });
}

// The first path stands for a disk that several lead to.
std::vector<disk_facts> once_each(const std::vector<disk_facts>& disks) {
    std::vector<disk_facts> out;
    for (const auto& disk : disks) {
        if (!contains(out, disk)) out.push_back(disk);
    }
    return out;
}

// Another disk of the same identity: makers of cheap drives and of USB bridges number all alike.
const disk_facts* twin_of(const disk_facts& disk, const facts& machine) {
    auto found = std::ranges::find_if(machine.disks, [&](const disk_facts& other) {
        return !is_same(other, disk) && !identity_of(disk).empty() && identity_of(other) == identity_of(disk);
    });
    return found == machine.disks.end() ? nullptr : &*found;
}

bool is_named(const disk_facts& disk, std::string_view name) {
    auto matches = [&](const std::string& path) {
        return path == name || path == "/dev/disk/" + std::string(name) ||
               path == "/dev/" + std::string(name);
    };
    return matches(disk.path) || std::ranges::any_of(disk.by_id, matches) ||
           std::ranges::any_of(disk.multipath, matches);
}

bool matches(const disk_facts& disk, const disk_wish::matcher& wanted) {
    return is_candidate(disk) && disk.size >= wanted.min_size &&
           (wanted.max_size == 0 || disk.size <= wanted.max_size) &&
           (wanted.transport.empty() || disk.transport == wanted.transport) &&
           disk.model.find(wanted.model) != std::string::npos;
}

using choosing = std::variant<std::vector<disk_facts>, hold>;

template <class Predicate>
choosing the_one(std::string what, const facts& machine, const std::vector<disk_facts>& disks,
                 Predicate is_it) {
    std::vector<disk_facts> found;
    std::ranges::copy_if(disks, std::back_inserter(found), is_it);
    if (found.size() == 1) return found;
    return hold_with_list(std::move(what) + (found.empty() ? " is not there" : " fits more than one disk"),
                          machine);
}

choosing named(const facts& machine, const disk_wish& wish) {
    auto disks = once_each(machine.disks);
    std::vector<disk_facts> out;
    auto add = [&](choosing one) -> std::optional<hold> {
        if (auto* no = std::get_if<hold>(&one)) return *no;
        out.push_back(std::get<std::vector<disk_facts>>(one).front());
        return std::nullopt;
    };
    for (const auto& name : wish.devices) {
        auto no = add(the_one("disk '" + name + "'", machine, disks,
                              [&](const disk_facts& disk) { return is_named(disk, name); }));
        if (no) return *no;
    }
    for (const auto& serial : wish.serials) {
        auto no = add(the_one("the disk with serial '" + serial + "'", machine, disks,
                              [&](const disk_facts& disk) { return disk.serial == serial; }));
        if (no) return *no;
    }
    return out;
}

choosing matching(const facts& machine, const disk_wish::matcher& wanted) {
    std::vector<disk_facts> out;
    std::ranges::copy_if(once_each(machine.disks), std::back_inserter(out),
                         [&](const disk_facts& disk) { return matches(disk, wanted); });
    if (out.size() == wanted.count) return out;
    return hold_with_list(
        "disk.match fits " + std::to_string(out.size()) + " disks, not " + std::to_string(wanted.count),
        machine);
}

choosing only_candidate(const facts& machine) {
    std::vector<disk_facts> out;
    std::ranges::copy_if(once_each(machine.disks), std::back_inserter(out), is_candidate);
    if (out.size() == 1) return out;
    auto count = out.empty() ? std::string("no") : std::to_string(out.size());
    return hold_with_list(count + " disks could be meant; name one with disk.devices or disk.serial",
                          machine);
}

choosing by_wish(const facts& machine, const disk_wish& wish) {
    if (!wish.devices.empty() || !wish.serials.empty()) return named(machine, wish);
    if (wish.match) return matching(machine, *wish.match);
    return only_candidate(machine);
}

}  // namespace

std::string describe(const disk_facts& disk) {
    auto out = disk.path + " " + size_text(disk.size);
    if (!disk.model.empty()) out += " " + disk.model;
    if (!disk.serial.empty()) out += " serial " + disk.serial;
    if (!disk.transport.empty()) out += " " + disk.transport;
    if (disk.removable) out += " removable";
    if (disk.read_only) out += " read-only";
    if (!disk.signatures.empty()) out += " (" + disk.signatures.back().type + ")";
    return text::printable(out, 300);
}

std::variant<disk_choice, hold> choose_disks(const facts& machine, const disk_wish& wish) {
    auto chosen = by_wish(machine, wish);
    if (auto* no = std::get_if<hold>(&chosen)) return *no;
    disk_choice out{std::get<std::vector<disk_facts>>(chosen), {}};
    for (std::size_t i = 0; i < out.chosen.size(); ++i) {
        const auto& disk = out.chosen[i];
        if (auto why = unfit(disk); !why.empty())
            return hold_with_list("disk " + disk.path + " " + why, machine);
        if (auto* twin = twin_of(disk, machine))
            return hold_with_list("disks " + disk.path + " and " + twin->path +
                                      " bear the same numbers and cannot be told apart; take one out",
                                  machine);
        auto before = std::vector(out.chosen.begin(), out.chosen.begin() + static_cast<std::ptrdiff_t>(i));
        if (contains(before, disk)) return hold_with_list("disk " + disk.path + " is named twice", machine);
    }
    std::ranges::copy_if(machine.disks, std::back_inserter(out.others),
                         [&](const disk_facts& disk) { return !contains(out.chosen, disk); });
    return out;
}

}  // namespace landscaper::install
