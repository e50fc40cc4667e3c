// What is asked of whoever owns the files, and what may be answered: content, an error, or silence.
// Never reads anything itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "landscaper/base/content.hpp"
#include "landscaper/base/ip_address.hpp"
#include "tftpd/packet.hpp"

namespace tftpd {

// Ports `first` to `last`; 0 to 0: any that the kernel has.
struct port_range {
    std::uint16_t first = 0, last = 0;
    bool is_any() const { return first == 0; }
    friend bool operator==(const port_range&, const port_range&) = default;
};

struct endpoint {
    landscaper::ip_address address;  // IPv4 also when it came in on an IPv6 socket
    std::uint16_t port = 0;
    std::uint32_t scope = 0;  // interface index of an IPv6 link-local address, else 0
    friend auto operator<=>(const endpoint&, const endpoint&) = default;
};
// 10.0.0.11:2070 or [fe80::1%2]:2070.
std::string text(const endpoint& e);

struct read_request {
    endpoint client;
    landscaper::ip_address local;  // the address of ours that was asked
    std::uint32_t interface = 0;   // index of the interface it came in on
    std::string asked;             // the name as sent: any bytes but NUL
    std::string name;              // normalised (see name.hpp): relative, UTF-8, no `..`
};

// Why there is no content. `text` goes to the client: a fixed sentence, never a path of the server.
struct refusal {
    error_number number = error_number::file_not_found;
    std::string_view text = "file not found";
    bool silent = false;  // answer nothing at all

    static refusal not_found() { return {}; }
    static refusal denied() { return {error_number::access_violation, "access denied", false}; }
    static refusal ignore() { return {error_number::undefined, "", true}; }
    friend bool operator==(const refusal&, const refusal&) = default;
};

using answer = std::variant<landscaper::content, refusal>;

// Called once per new transfer, in the server's loop: it must neither block nor throw.
using resolver = std::function<answer(const read_request&)>;

}  // namespace tftpd
