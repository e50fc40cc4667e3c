// Requests of real clients, field by field, after the shapes measured from OVMF 2022.11, QEMU's iPXE ROM
// (1.0.0+git20190125), busybox udhcpc 1.35 and dnsmasq 2.90. Shared by the tests of pxe/dhcp and pxe/proxy.
#pragma once

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/hex.hpp"

namespace pxe::fixtures {

using landscaper::bytes;
using namespace landscaper::literals;

// A message of the fixed fields up to and with chaddr (44 bytes), empty sname and file, the cookie, options.
inline bytes message(const bytes& fixed, const bytes& options) {
    landscaper::writer out;
    return out.put(fixed).zeros(192).be32(0x63825363).put(options).finish();
}

// op 1, Ethernet, 6, no hops; xid; secs; flags; ciaddr, yiaddr, siaddr, giaddr; chaddr 52:54:00:0a:00:01.
inline const bytes broadcast_fixed =
    "01 01 06 00  5a 00 00 01  00 00  80 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00"
    "52 54 00 0a 00 01  00 00 00 00 00 00 00 00 00 00"_hex;
inline const bytes unicast_fixed =
    "01 01 06 00  5a 00 00 02  00 04  00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00"
    "52 54 00 0a 00 01  00 00 00 00 00 00 00 00 00 00"_hex;

// OVMF PXE DISCOVER: arch 7, 57 = 1472, 97 type 0 and a UUID, 35 parameters with 128 to 135.
inline const bytes ovmf_discover = message(
    broadcast_fixed,
    "35 01 01  39 02 05 c0"
    "37 23 01 02 03 04 05 06 0c 0d 0f 11 12 16 17 1c 28 29 2a 2b 32 33 36 3a 3b 3c 42 43 61 80 81 82 83 84 "
    "85 86 87"
    "61 11 00 03 02 01 00 05 04 07 06 08 09 0a 0b 0c 0d 0e 0f"
    "5e 03 01 03 00  5d 02 00 07"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 37 3a 55 4e 44 49 3a 30 30 33 30 30 30"
    "ff"_hex);

// OVMF PXE REQUEST on port 67 to the site's DHCP server 10.0.0.1: 57 = 0xff00, the byte-order bug of EDK2.
inline const bytes ovmf_request = message(
    broadcast_fixed,
    "35 01 03  36 04 0a 00 00 01  32 04 0a 00 00 0b  39 02 ff 00"
    "37 23 01 02 03 04 05 06 0c 0d 0f 11 12 16 17 1c 28 29 2a 2b 32 33 36 3a 3b 3c 42 43 61 80 81 82 83 84 "
    "85 86 87"
    "61 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
    "5e 03 01 03 00  5d 02 00 07"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 37 3a 55 4e 44 49 3a 30 30 33 30 30 30"
    "ff"_hex);

// OVMF REQUEST to the boot server on port 4011: flags 0, ciaddr 10.0.0.11, no options 54, 50 and 43.
inline const bytes ovmf_boot_server_request = message(
    "01 01 06 00  5a 00 00 03  00 00  00 00  0a 00 00 0b  00 00 00 00  00 00 00 00  00 00 00 00"
    "52 54 00 0a 00 01  00 00 00 00 00 00 00 00 00 00"_hex,
    "35 01 03  39 02 05 c0"
    "61 11 00 03 02 01 00 05 04 07 06 08 09 0a 0b 0c 0d 0e 0f"
    "5e 03 01 03 00  5d 02 00 07"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 37 3a 55 4e 44 49 3a 30 30 33 30 30 30"
    "ff"_hex);

// OVMF HTTP Boot DISCOVER: arch 16, HTTPClient; option 55 ends in one uninitialised byte (0xeb here).
inline const bytes ovmf_http_discover = message(
    broadcast_fixed,
    "35 01 01  39 02 05 c0"
    "37 07 01 03 06 0f 3c 43 eb"
    "61 11 00 03 02 01 00 05 04 07 06 08 09 0a 0b 0c 0d 0e 0f"
    "5e 03 01 03 00  5d 02 00 10"
    "3c 21 48 54 54 50 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 31 36 3a 55 4e 44 49 3a 30 30 33 30 30 30"
    "ff"_hex);

// iPXE ROM of QEMU on SeaBIOS: arch 0, user class without length, option 175, flags 0, first secs 4.
inline const bytes ipxe_bios_discover = message(
    unicast_fixed,
    "35 01 01  39 02 05 c0  5d 02 00 00  5e 03 01 02 01"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 30 3a 55 4e 44 49 3a 30 30 32 30 30 31"
    "4d 04 69 50 58 45"
    "37 17 01 03 06 07 0c 0f 11 1a 2b 3c 42 43 77 80 81 82 83 84 85 86 87 af cb"
    "af 33 b1 05 01 10 ec 81 39 10 01 01 13 01 01 14 01 01 17 01 01 18 01 01 19 01 01 1a 01 01 1b 01 01 1d "
    "01 01"
    "21 01 01 22 01 01 24 01 01 27 01 01 eb 03 01 00 00"
    "3d 07 01 52 54 00 0a 00 01"
    "61 11 00 03 02 01 00 05 04 07 06 08 09 0a 0b 0c 0d 0e 0f"
    "ff"_hex);

// snponly.efi chained by OVMF: the second DISCOVER says user class iPXE, arch 7, UNDI 3.16, flags 0.
inline const bytes ipxe_uefi_discover = message(
    unicast_fixed,
    "35 01 01  39 02 05 c0  5d 02 00 07  5e 03 01 03 10"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 37 3a 55 4e 44 49 3a 30 30 33 30 31 30"
    "4d 04 69 50 58 45"
    "37 09 01 03 06 0c 0f 2b 3c 42 43"
    "af 06 13 01 01 27 01 01"
    "ff"_hex);

// A BIOS PXE ROM (UNDI 2.1): arch 0, broadcast, no user class, 57 = 1260.
inline const bytes bios_rom_discover = message(
    broadcast_fixed,
    "35 01 01  39 02 04 ec  37 09 01 03 06 0c 0f 2b 3c 42 43"
    "61 11 00 03 02 01 00 05 04 07 06 08 09 0a 0b 0c 0d 0e 0f"
    "5d 02 00 00  5e 03 01 02 01"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 30 30 3a 55 4e 44 49 3a 30 30 32 30 30 31"
    "ff"_hex);

// U-Boot's EFI dhcp on arm64: arch 11, nothing but what PXE demands.
inline const bytes u_boot_discover = message(
    broadcast_fixed,
    "35 01 01  39 02 02 40  5d 02 00 0b"
    "3c 20 50 58 45 43 6c 69 65 6e 74 3a 41 72 63 68 3a 30 30 30 31 31 3a 55 4e 44 49 3a 30 30 33 30 30 30"
    "ff"_hex);

// busybox udhcpc of the installer: no PXE class, client id 01 + MAC.
inline const bytes udhcpc_discover =
    message(unicast_fixed,
            "35 01 01  3d 07 01 52 54 00 0a 00 01  39 02 02 40  37 07 01 03 06 0c 0f 1c 2a"
            "3c 0c 75 64 68 63 70 20 31 2e 33 35 2e 30"
            "ff"_hex);

}  // namespace pxe::fixtures
