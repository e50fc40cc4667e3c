// The few structures and numbers of the UEFI specification (2.10; section numbers beside them) that local.efi
// uses. Members that are never called are plain pointers that keep the place.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace efi {

using handle = void*;
using event = void*;
using status = uint64_t;
using unused = void*;

// Appendix D. The highest bit marks errors.
inline constexpr status error_bit = uint64_t{1} << 63;
inline constexpr status success = 0, not_ready = error_bit | 6, not_found = error_bit | 14,
                        access_denied = error_bit | 15, aborted = error_bit | 21,
                        security_violation = error_bit | 26;
constexpr bool failed(status s) {
    return (s & error_bit) != 0;
}

struct guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

// 2.3: what stands at the front of every table.
struct table_header {
    uint64_t signature;
    uint32_t revision, size, crc, reserved;
};

// 10.2: a list of nodes, ended by type 0x7f. Not aligned.
struct device_path {
    uint8_t type, subtype, length[2];
};
constexpr size_t length_of(const device_path* node) {
    return static_cast<size_t>(node->length[0] | node->length[1] << 8);
}

// 12.3, 12.4
struct key {
    uint16_t scan_code;
    char16_t character;
};
struct text_input {
    unused reset;
    status (*read_key)(text_input*, key*);
    event key_pressed;
};
struct text_output {
    unused reset;
    status (*output_string)(text_output*, const char16_t*);
};

// 7.5: runtime services.
enum class reset_type : uint32_t { cold, warm };
struct runtime_services {
    table_header header;
    unused get_time, set_time, get_wakeup_time, set_wakeup_time, set_virtual_address_map, convert_pointer,
        get_variable, get_next_variable_name, set_variable, get_next_high_monotonic_count;
    void (*reset_system)(reset_type, status, size_t, const void*);
};

// 7.1 to 7.5: boot services, in the order of the table (4.4).
enum class timer : uint32_t { cancel, periodic, relative };
enum class search : uint32_t { all_handles, by_register_notify, by_protocol };
inline constexpr uint32_t event_timer = 0x80000000;
inline constexpr uint64_t second = 10'000'000;  // in units of 100 ns
struct boot_services {
    table_header header;
    unused raise_tpl, restore_tpl;
    unused allocate_pages, free_pages, get_memory_map;
    status (*allocate_pool)(uint32_t memory_type, size_t, void**);
    status (*free_pool)(void*);
    status (*create_event)(uint32_t type, size_t tpl, unused notify, unused context, event*);
    status (*set_timer)(event, timer, uint64_t);
    status (*wait_for_event)(size_t count, event*, size_t* index);
    unused signal_event;
    status (*close_event)(event);
    unused check_event;
    status (*install_protocol_interface)(handle*, const guid*, uint32_t native, void*);
    unused reinstall_protocol_interface, uninstall_protocol_interface;
    status (*handle_protocol)(handle, const guid*, void**);
    unused reserved, register_protocol_notify, locate_handle, locate_device_path, install_configuration_table;
    status (*load_image)(uint8_t boot_policy, handle parent, const device_path*, const void*, size_t,
                         handle*);
    status (*start_image)(handle, size_t* exit_data_size, char16_t** exit_data);
    unused exit;
    status (*unload_image)(handle);
    unused exit_boot_services, get_next_monotonic_count;
    status (*stall)(size_t microseconds);
    status (*set_watchdog_timer)(size_t seconds, uint64_t code, size_t size, const char16_t*);
    status (*connect_controller)(handle, const handle*, const device_path*, uint8_t recursive);
    unused disconnect_controller, open_protocol, close_protocol, open_protocol_information,
        protocols_per_handle;
    status (*locate_handle_buffer)(search, const guid*, const void* key, size_t* count, handle**);
};

// 4.3
struct system_table {
    table_header header;
    const char16_t* firmware_vendor;
    uint32_t firmware_revision;
    handle console_in_handle;
    text_input* console_in;
    handle console_out_handle;
    text_output* console_out;
    handle standard_error_handle;
    text_output* standard_error;
    runtime_services* runtime;
    boot_services* boot;
};
static_assert(offsetof(system_table, boot) == 96);
static_assert(offsetof(boot_services, load_image) == 200 &&
              offsetof(boot_services, locate_handle_buffer) == 312);

// 9.1
struct loaded_image {
    uint32_t revision;
    handle parent;
    system_table* table;
    handle device;
    device_path* file_path;
};
inline constexpr guid loaded_image_id{
    0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
inline constexpr guid device_path_id{
    0x09576e91, 0x6d3f, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
// 13.4 and 13.9
inline constexpr guid file_system_id{
    0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
inline constexpr guid block_io_id{
    0x964e5b21, 0x6459, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
struct block_media {
    uint32_t id;
    uint8_t is_removable, is_present, is_partition, is_read_only;
};
struct block_io {
    uint64_t revision;
    block_media* media;
};

}  // namespace efi
