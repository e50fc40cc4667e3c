// Option 43 of PXE (PXE 2.1, table 2-1) and option 175 of iPXE: the few values that are sent or read.
// Values only; when they are sent is reply.cpp's.
#pragma once

#include <optional>

#include "landscaper/base/bytes.hpp"
#include "pxe/dhcp/packet.hpp"

namespace pxe::proxy {

// PXE_DISCOVERY_CONTROL = 8: no discovery, start the boot file of this offer.
landscaper::bytes boot_directly();
// A menu of one item of type 0, taken at once: boot from the disk.
landscaper::bytes local_disk_menu();
// The PXE_BOOT_ITEM (71) that a client on 4011 asks for, to be echoed; none when it asks for none.
std::optional<landscaper::bytes> boot_item_of(const dhcp::packet& question);
// Whether that item wants boot integrity credentials, which nobody has.
bool asks_for_credentials(const dhcp::packet& question);
// iPXE: do not wait 2 s for a ProxyDHCP server.
landscaper::bytes no_proxy_dhcp();

}  // namespace pxe::proxy
