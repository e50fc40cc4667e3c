/* An empty stand-in for ICU's 31 MB data library, which nix's chain of libraries links but never reads
 * (libxml2 uses ICU only for exotic encodings of XML). The layout is ICU's public "common data" header with
 * no entries. */
#include <stdint.h>

struct data_header {
    uint16_t header_size;
    uint8_t magic1, magic2;
    uint16_t info_size, reserved;
    uint8_t is_big_endian, charset_family, sizeof_uchar, reserved2;
    uint8_t format[4], format_version[4], data_version[4];
    uint64_t padding;
    int32_t count, end;
};

const struct data_header ICU_DATA_SYMBOL = {.header_size = 32,
                                            .magic1 = 0xda,
                                            .magic2 = 0x27,
                                            .info_size = 20,
                                            .sizeof_uchar = 2,
                                            .format = {'T', 'o', 'C', 'P'},
                                            .format_version = {1}};
