// Remembers the last message of every MAC, to tell repetitions: the same packet over two interfaces of a
// bridge, and DISCOVERs that no offer ends. Bounded; forgets the longest unseen. Time comes in.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "pxe/dhcp/client.hpp"

namespace pxe::proxy {

class sightings {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    struct note {
        bool is_copy = false;    // the same message came over another interface less than half a second ago
        unsigned discovers = 0;  // DISCOVERs in a row without REQUEST, this one included
    };
    note on(const dhcp::client& who, std::uint16_t port, unsigned interface, time_point now);

  private:
    struct last {
        std::uint32_t xid = 0;
        std::uint16_t secs = 0;
        std::uint16_t port = 0;
        dhcp::message_type type{};
        unsigned interface = 0;
        unsigned discovers = 0;
        time_point at;
    };
    using by_mac = std::unordered_map<landscaper::mac_address, last>;
    last& of(landscaper::mac_address mac);

    static constexpr std::size_t half = 32768;
    by_mac young_, old_;
};

}  // namespace pxe::proxy
