#include "pxe/nbp/local_boot/loader.hpp"

#include "pxe/nbp/local_boot/console.hpp"

namespace {

// In this order: systemd-boot, the removable path, GRUB as NixOS, Debian and Proxmox install it. A table of
// arrays, not of pointers, so that the program needs no relocations.
constexpr char16_t loader_paths[][40] = {
    u"\\EFI\\systemd\\systemd-bootx64.efi", u"\\EFI\\BOOT\\BOOTX64.EFI",    u"\\EFI\\NixOS-boot\\grubx64.efi",
    u"\\EFI\\NixOS\\grubx64.efi",           u"\\EFI\\grub\\grubx64.efi",    u"\\EFI\\debian\\shimx64.efi",
    u"\\EFI\\debian\\grubx64.efi",          u"\\EFI\\proxmox\\grubx64.efi",
};

// Node types of 10.3: media (4) with hard drive (1); messaging (3) with USB (5, 15, 16); end (0x7f).
struct partition {
    const efi::device_path* path = nullptr;
    const uint8_t* guid = nullptr;  // null on an MBR disk
    bool is_disk = false;           // a partition of a hard disk
    bool is_movable = false;        // removable medium or USB
};

const efi::device_path* next(const efi::device_path* node) {
    return reinterpret_cast<const efi::device_path*>(reinterpret_cast<const uint8_t*>(node) +
                                                     efi::length_of(node));
}

bool is_end(const efi::device_path* node) {
    return node->type == 0x7f || efi::length_of(node) < sizeof(efi::device_path);
}

partition describe(efi::handle volume) {
    partition found;
    void* path = nullptr;
    if (efi::failed(tables->boot->handle_protocol(volume, &efi::device_path_id, &path))) return found;
    found.path = static_cast<const efi::device_path*>(path);
    for (auto* node = found.path; !is_end(node); node = next(node)) {
        if (node->type == 3 && (node->subtype == 5 || node->subtype == 15 || node->subtype == 16)) {
            found.is_movable = true;
        }
        if (node->type != 4 || node->subtype != 1 || efi::length_of(node) < 42) continue;
        found.is_disk = true;
        // 10.3.5.1: the signature is at byte 24, its type at 41 (2: a GUID).
        auto* octets = reinterpret_cast<const uint8_t*>(node);
        if (octets[41] == 2) found.guid = octets + 24;
    }
    void* io = nullptr;
    if (!efi::failed(tables->boot->handle_protocol(volume, &efi::block_io_id, &io)) &&
        static_cast<efi::block_io*>(io)->media->is_removable) {
        found.is_movable = true;
    }
    return found;
}

bool is_zero(const uint8_t* octets) {
    for (int i = 0; i < 16; ++i) {
        if (octets[i]) return false;
    }
    return true;
}

bool equal(const uint8_t* a, const uint8_t* b) {
    for (int i = 0; i < 16; ++i) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

// The volume's device path with a file behind it (10.3.5.4); from the pool, null when there is no memory.
efi::device_path* path_to(const efi::device_path* volume, const char16_t* file) {
    size_t before = 0, characters = 1;
    for (auto* node = volume; !is_end(node); node = next(node)) before += efi::length_of(node);
    while (file[characters - 1]) ++characters;
    auto node_size = sizeof(efi::device_path) + 2 * characters;
    void* memory = nullptr;
    if (efi::failed(tables->boot->allocate_pool(2, before + node_size + 4, &memory))) return nullptr;
    auto* out = static_cast<uint8_t*>(memory);
    __builtin_memcpy(out, volume, before);
    out += before;
    out[0] = 4;
    out[1] = 4;
    out[2] = static_cast<uint8_t>(node_size);
    out[3] = static_cast<uint8_t>(node_size >> 8);
    __builtin_memcpy(out + 4, file, 2 * characters);
    out += node_size;
    out[0] = 0x7f;
    out[1] = 0xff;
    out[2] = 4;
    out[3] = 0;
    return static_cast<efi::device_path*>(memory);
}

// Whether a loader was there.
bool try_file(efi::handle self, const partition& volume, const char16_t* file) {
    auto* path = path_to(volume.path, file);
    if (!path) return false;
    efi::handle image = nullptr;
    auto status = tables->boot->load_image(0, self, path, nullptr, 0, &image);
    tables->boot->free_pool(path);
    if (status == efi::not_found) return false;
    say(u"landscaper: ");
    say(file);
    if (volume.guid) {
        say(u" on partition ");
        say_guid(volume.guid);
    }
    if (efi::failed(status)) {
        say(u" cannot be loaded: ");
        say_status(status);
        // Secure Boot keeps a refused image loaded (7.4.1).
        if (image) tables->boot->unload_image(image);
    } else {
        say(u" is started.\r\n");
        // The firmware's five minutes began when it started us; the loader gets its own.
        tables->boot->set_watchdog_timer(300, 0, 0, nullptr);
        status = tables->boot->start_image(image, nullptr, nullptr);
        say(u"landscaper: the loader came back: ");
        say_status(status);
    }
    say(u"\r\n");
    return true;
}

bool try_volume(efi::handle self, const partition& volume) {
    bool found = false;
    for (auto& file : loader_paths) found = try_file(self, volume, file) || found;
    return found;
}

struct handle_list {
    size_t count = 0;
    efi::handle* handles = nullptr;
    handle_list(efi::search how, const efi::guid* protocol) {
        if (efi::failed(tables->boot->locate_handle_buffer(how, protocol, nullptr, &count, &handles)))
            count = 0;
    }
    ~handle_list() {
        if (handles) tables->boot->free_pool(handles);
    }
    handle_list(const handle_list&) = delete;
    handle_list& operator=(const handle_list&) = delete;
};

// One look at the volumes that are there now. `only_wanted`: just the partition with the GUID.
bool try_volumes(efi::handle self, const uint8_t* esp, bool only_wanted) {
    handle_list volumes(efi::search::by_protocol, &efi::file_system_id);
    bool found = false;
    for (size_t i = 0; i < volumes.count; ++i) {
        auto volume = describe(volumes.handles[i]);
        bool is_wanted = volume.guid && !is_zero(esp) && equal(volume.guid, esp);
        // A stick with an installer may still be plugged in; it is not what an installed host starts.
        bool is_local = volume.is_disk && !volume.is_movable;
        if (only_wanted ? is_wanted : is_local && !is_wanted) found = try_volume(self, volume) || found;
    }
    return found;
}

// A firmware that booted from the network first may not have looked at the disks at all.
void connect_everything() {
    handle_list all(efi::search::all_handles, nullptr);
    for (size_t i = 0; i < all.count; ++i)
        tables->boot->connect_controller(all.handles[i], nullptr, nullptr, 1);
}

}  // namespace

void start_local_loader(efi::handle self, const uint8_t* esp) {
    bool has_wish = !is_zero(esp);
    bool found = has_wish ? try_volumes(self, esp, true) : try_volumes(self, esp, false);
    if (!found) {
        connect_everything();
        if (has_wish) found = try_volumes(self, esp, true);
        if (has_wish && !found) {
            say(u"landscaper: no loader on the expected partition ");
            say_guid(esp);
            say(u"; looking at the other disks.\r\n");
        }
        if (!found) found = try_volumes(self, esp, false);
    }
    if (!found) {
        say(u"landscaper: NO BOOT LOADER FOUND on any disk of this machine (");
        handle_list volumes(efi::search::by_protocol, &efi::file_system_id);
        say_number(volumes.count);
        say(u" file systems seen).\r\nIs the disk still there, and is its EFI system partition intact?\r\n");
    }
}
