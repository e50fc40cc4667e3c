// The only thing of the boot table that bootd keeps on disk: who boots its own disk, and how DHCP is done
// here. So a rack whose power comes back before landscaper boots its disks, and nothing else. Text and
// values; opens nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/mac_address.hpp"
#include "pxe/proxy/facts.hpp"

namespace pxe::bootd {

struct local_hosts {
    proxy::dhcp_mode mode = proxy::dhcp_mode::proxy;
    std::vector<std::string> interfaces;
    std::vector<landscaper::mac_address> mac;  // sorted
    friend bool operator==(const local_hosts&, const local_hosts&) = default;
};

std::string encode(const local_hosts& hosts);
landscaper::result<local_hosts> decode_local_hosts(std::string_view text);

}  // namespace pxe::bootd
