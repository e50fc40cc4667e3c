// Adds a seen server to the text of inventory.yaml by inserting one line directly after `hosts:`, or puts the
// MAC of a replaced card into its place. Never rewrites anything else: comments, order and line ends stay.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "landscaper/inventory/problem.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::inventory {

struct new_host {
    std::string name;
    mac_address mac;
    std::string ip;    // ADDR/LEN or "dhcp"
    std::string role;  // empty: the default one
};

struct adoption {
    std::string text;  // the whole file with the line in it
    std::string line;  // the line alone, without indentation
    int at = 0;        // its line number
};

// The result was parsed again and is the old inventory plus that host. Otherwise the problems, the last of
// which carries the line to paste by hand.
boost::system::result<adoption, problems> adopt(std::string_view text, std::string_view file,
                                                const new_host& host);

// A card was replaced: the text with `fresh` in the place of `old`, the 17 characters and nothing else.
// Without `old` the host must have one MAC only. Parsed again and compared, as above.
boost::system::result<std::string, problems> replace_mac(std::string_view text, std::string_view file,
                                                         std::string_view name,
                                                         std::optional<mac_address> old,
                                                         const mac_address& fresh);

}  // namespace landscaper::inventory
