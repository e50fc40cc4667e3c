// The last bytes of local.efi, written per host by local_boot.cpp and read by the program itself. Plain C
// with fixed sizes: both sides compile it, one of them without a library. Little-endian.
#pragma once

#include <stdint.h>

#define LOCAL_BOOT_TAIL_SIZE 2048
#define LOCAL_BOOT_TAIL_MAGIC "LANDSCAPER-TAIL1" /* 16 bytes, no NUL */
#define LOCAL_BOOT_TEXT_SIZE (LOCAL_BOOT_TAIL_SIZE - 48)

struct local_boot_tail_bytes {
    char magic[16];
    uint32_t mode;           // 0 local, 1 hold
    uint32_t retry_seconds;  // 1 to 3600
    uint8_t esp[16];         // partition GUID as EFI stores it; all zero: any
    uint32_t text_length;    // bytes of text
    uint32_t zero;
    char text[LOCAL_BOOT_TEXT_SIZE];  // ASCII, lines ended by \n, zero padded
};
