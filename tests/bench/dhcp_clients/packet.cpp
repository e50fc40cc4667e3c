#include "packet.hpp"

#include <cstring>
#include <initializer_list>

namespace {

constexpr std::size_t options_at = 240;

void put32(packet& to, std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i)
        to[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

std::uint32_t get32(const std::uint8_t* from) {
    return std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 | std::uint32_t{from[2]} << 8 |
           from[3];
}

void add(packet& to, std::initializer_list<int> bytes) {
    for (int byte : bytes) to.push_back(static_cast<std::uint8_t>(byte));
}

packet message(std::uint32_t host, std::uint32_t xid, int type) {
    packet out(options_at);
    out[0] = 1;
    out[1] = 1;
    out[2] = 6;
    put32(out, 4, xid);
    auto client = mac_of(host);
    std::memcpy(&out[28], client.data(), client.size());
    put32(out, 236, 0x63825363);
    add(out, {53, 1, type, 57, 2, 0x05, 0xc0, 93, 2, 0, 7, 94, 3, 1, 3, 16});
    add(out, {55, 6, 1, 3, 43, 54, 60, 67, 97, 17, 0});
    for (int i = 0; i < 16; ++i) out.push_back(client[static_cast<std::size_t>(i % 6)]);
    constexpr char vendor[] = "PXEClient:Arch:00007:UNDI:003016";
    add(out, {60, sizeof vendor - 1});
    out.insert(out.end(), vendor, vendor + sizeof vendor - 1);
    out.push_back(255);
    return out;
}

}  // namespace

mac mac_of(std::uint32_t host) {
    auto byte = [&](int shift) { return static_cast<std::uint8_t>(host >> shift); };
    return {0x52, 0x54, 0x00, byte(16), byte(8), byte(0)};
}

packet discover(std::uint32_t host, std::uint32_t xid) {
    auto out = message(host, xid, 1);
    out[10] = 0x80;
    return out;
}

packet request(std::uint32_t host, std::uint32_t xid, std::uint32_t address) {
    auto out = message(host, xid, 3);
    std::memcpy(&out[12], &address, 4);
    return out;
}

std::optional<answer> parse(const std::uint8_t* data, std::size_t size) {
    if (size < 300 || data[0] != 2 || get32(data + 236) != 0x63825363) return std::nullopt;
    answer out;
    out.xid = get32(data + 4);
    out.has_address = get32(data + 16) != 0;
    std::memcpy(out.client.data(), data + 28, 6);
    auto* file = reinterpret_cast<const char*>(data + 108);
    out.file.assign(file, ::strnlen(file, 128));
    for (std::size_t at = options_at; at < size && data[at] != 255;) {
        if (data[at] == 0) {
            ++at;
            continue;
        }
        if (at + 2 > size || at + 2 + data[at + 1] > size) return std::nullopt;
        auto* value = data + at + 2;
        if (data[at] == 53 && data[at + 1] == 1) out.type = value[0];
        if (data[at] == 60) out.is_pxe = data[at + 1] >= 9 && std::memcmp(value, "PXEClient", 9) == 0;
        if (data[at] == 67) out.file.assign(reinterpret_cast<const char*>(value), data[at + 1]);
        at += 2 + std::size_t{data[at + 1]};
    }
    return out;
}
