// Boot entries for the link's tests, and what makes two of them equal.
#pragma once

#include <string>

#include "pxe/link/message.hpp"

inline pxe::link::shared_file file_named(const std::string& name, std::uint64_t size) {
    auto file = std::make_shared<landscaper::open_file>();
    file->name = name;
    file->size = size;
    return file;
}

inline landscaper::mac_address mac_number(unsigned number) {
    return {{0x52, 0x54, 0x00, static_cast<std::uint8_t>(number >> 16),
             static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}};
}

inline std::string token_number(unsigned number) {
    auto digits = std::to_string(number);
    return std::string(32 - digits.size(), '0') + digits;
}

// An entry as it is while a host is installed: shared kernel and initrd, a host.cpio of its own.
inline pxe::boot_entry installing(unsigned number, pxe::link::shared_file shared,
                                  pxe::link::shared_file own) {
    using landscaper::file_extent;
    pxe::boot_entry e;
    e.mac = {mac_number(number)};
    e.stage = pxe::stage::install;
    e.token = token_number(number);
    auto kernel = file_extent{shared, 0, 8'000'000};
    auto initrd = file_extent{shared, 8'000'000, 2'000'000};
    auto host = file_extent{own, 0, own->size};
    e.objects["kernel"] = landscaper::content({kernel});
    e.objects["initrd"] = landscaper::content({initrd, landscaper::zero_extent{3}, host});
    e.objects["uki.efi"] = landscaper::content(
        {landscaper::literal({'M', 'Z', 0, 1}), kernel, landscaper::zero_extent{512}, initrd, host});
    return e;
}

inline bool same_content(const landscaper::content& a, const landscaper::content& b) {
    auto same = [](const landscaper::extent& x, const landscaper::extent& y) {
        const auto* l = std::get_if<landscaper::literal_extent>(&x);
        const auto* m = std::get_if<landscaper::literal_extent>(&y);
        return l && m ? *l->data == *m->data : x == y;
    };
    return std::equal(a.extents().begin(), a.extents().end(), b.extents().begin(), b.extents().end(), same);
}

inline bool same_entry(const pxe::boot_entry& a, const pxe::boot_entry& b) {
    auto same = [](const auto& x, const auto& y) {
        return x.first == y.first && same_content(x.second, y.second);
    };
    return a.mac == b.mac && a.stage == b.stage && a.style == b.style && a.nbp == b.nbp && a.ip == b.ip &&
           a.token == b.token &&
           std::equal(a.objects.begin(), a.objects.end(), b.objects.begin(), b.objects.end(), same);
}
