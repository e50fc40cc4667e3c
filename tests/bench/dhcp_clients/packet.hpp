// A UEFI PXE client's packets (arch 7), as its firmware sends them, and what a proxy's answer must hold.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using packet = std::vector<std::uint8_t>;
using mac = std::array<std::uint8_t, 6>;

// 52:54:00 and the number's low 24 bits.
mac mac_of(std::uint32_t host);

// A DISCOVER with the broadcast flag for port 67, or a REQUEST with `address` (network order) for port 4011.
packet discover(std::uint32_t host, std::uint32_t xid);
packet request(std::uint32_t host, std::uint32_t xid, std::uint32_t address);

struct answer {
    std::uint32_t xid = 0;
    mac client{};
    int type = 0;      // option 53
    std::string file;  // of the header
    bool is_pxe = false;
    bool has_address = false;  // yiaddr, which a proxy leaves alone
};
std::optional<answer> parse(const std::uint8_t* data, std::size_t size);
