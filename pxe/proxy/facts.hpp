// What the decision must know of ourselves: settings pushed by landscaper, and the address on the interface
// that a request came in on. Values only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "landscaper/base/content.hpp"
#include "landscaper/base/ip_address.hpp"

namespace pxe::proxy {

enum class dhcp_mode {
    proxy,         // beside the site's DHCP server: boot answers only
    reservations,  // hosts of the inventory get their addresses from us, nobody else anything
    off,           // ports 67 and 4011 stay silent; TFTP and HTTP serve
};

using shared_objects = std::map<std::string, landscaper::content>;

// What `serve` says of the rack's network. `interfaces` empty: all of them.
struct network {
    std::string rack;  // 128 bits in hex; told to other landscapers on the segment
    dhcp_mode mode = dhcp_mode::proxy;
    std::vector<std::string> interfaces;
    std::uint16_t http_port = 8069;
    // Served to everybody: local.efi snponly.efi undionly.kpxe grub.0 grubnetx64.efi ...
    shared_objects shared;
};

struct server_facts {
    landscaper::ipv4_address address;  // ours, where the request came in; zero: none there yet
    const pxe::proxy::network* network = nullptr;
    bool interface_allowed = true;
    bool yields = false;  // another landscaper was here first
    // Every address of this machine; a server identifier among them is us.
    const std::vector<landscaper::ipv4_address>* own = nullptr;
};

}  // namespace pxe::proxy
