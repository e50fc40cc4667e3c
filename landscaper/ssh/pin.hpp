// The one key under which a host is believed. The alias makes a pin independent of address and port.
// Pins live in the ledger; files with them are made per call and unlinked.
#pragma once

#include <string>

#include "landscaper/ssh/key.hpp"

namespace landscaper::ssh {

struct pin {
    std::string alias;  // host_id or name; only [A-Za-z0-9._-], see make_pin
    public_key key;

    friend auto operator<=>(const pin&, const pin&) = default;
};

// bad_key when the alias has bytes that known_hosts or an option could read as something else.
result<pin> make_pin(std::string alias, public_key key);

// The whole known_hosts file for this host: one line.
std::string known_hosts(const pin& expected);

}  // namespace landscaper::ssh
