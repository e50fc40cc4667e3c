// What bootd knows of one host: the entry that landscaper pushes over bootd's socket. Values only; the
// content of objects is read elsewhere.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/content.hpp"
#include "landscaper/base/ip_address.hpp"
#include "landscaper/base/mac_address.hpp"

namespace pxe {

// What the host is to boot.
enum class stage {
    install,  // its payload: kernel, initrd and host.cpio
    local,    // the loader on its own disk
    hold,     // an NBP or script that says why nothing is installed, and asks again every 30 s
    silent,   // nothing at all
};

// How a PXE client is told the boot file (PXE 2.1, 2.2.4 and 2.2.5).
enum class reply_style {
    automatic,  // by client class
    direct,     // in the OFFER, with option 43 {6:8}
    port_4011,  // in the ACK from the boot server on port 4011, without option 43
};

// The form of the first boot program.
enum class nbp_kind { automatic, uki, ipxe, undionly, grub };

// An address that bootd itself assigns (`dhcp: reservations`).
struct reservation {
    landscaper::ip_prefix ip;
    std::optional<landscaper::ipv4_address> gateway;
    std::vector<landscaper::ipv4_address> nameservers;
    std::string hostname;
    std::string domain;                         // empty: none
    std::vector<landscaper::ipv4_address> ntp;  // time servers
    std::uint16_t mtu = 0;                      // 0: not said
    friend bool operator==(const reservation&, const reservation&) = default;
};

struct boot_entry {
    std::vector<landscaper::mac_address> mac;  // any of them is the host; never empty
    pxe::stage stage = pxe::stage::hold;
    reply_style style = reply_style::automatic;
    nbp_kind nbp = nbp_kind::automatic;
    std::optional<reservation> ip;
    std::string token;  // 128 bits in lower-case hex; names the host's objects, empty when there are none
    // By name: uki.efi kernel initrd host.cpio local.efi hold.efi script.ipxe grub.cfg.
    std::map<std::string, landscaper::content> objects;
};

}  // namespace pxe
