#include "pxe/dhcp/packet.hpp"

#include <algorithm>

namespace pxe::dhcp {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::ipv4_address;
using landscaper::reader;
using landscaper::result;
using landscaper::writer;

static constexpr std::uint32_t magic_cookie = 0x63825363;  // RFC 2131, 3
static constexpr std::size_t fixed_size = 240;             // up to and with the cookie
static constexpr std::uint8_t pad = 0;
static constexpr std::uint8_t end = 255;

const char* describe(packet_errc code) {
    switch (code) {
        case packet_errc::truncated: return "shorter than a DHCP message";
        case packet_errc::no_cookie: return "no DHCP magic cookie";
        case packet_errc::bad_hardware: return "impossible hardware address length";
        case packet_errc::bad_option: return "an option runs past the end";
        case packet_errc::too_large: return "the options do not fit into the message";
    }
    return "unknown DHCP error";
}

const bytes* packet::find(option_code code) const {
    auto at = std::ranges::find(options, code, &option::code);
    return at == options.end() ? nullptr : &at->value;
}

packet& packet::set(option_code code, bytes value) {
    auto at = std::ranges::find(options, code, &option::code);
    if (at == options.end()) {
        options.push_back({code, std::move(value)});
    } else {
        at->value = std::move(value);
    }
    return *this;
}

packet& packet::remove(option_code code) {
    std::erase_if(options, [&](const option& o) { return o.code == code; });
    return *this;
}

// Joins repeats of a code (RFC 3396, 7). False when an option is cut short; a missing End is accepted.
static bool read_options(packet& p, bytes_view area) {
    reader in(area);
    while (in.left() > 0) {
        auto code = in.u8();
        if (code == pad) continue;
        if (code == end) return true;
        auto length = in.u8();
        auto value = in.take(length);
        if (in.failed()) return false;
        auto at = std::ranges::find(p.options, option_code{code}, &option::code);
        if (at == p.options.end()) {
            p.options.push_back({option_code{code}, bytes(value.begin(), value.end())});
        } else {
            at->value.insert(at->value.end(), value.begin(), value.end());
        }
    }
    return true;
}

static std::string up_to_nul(bytes_view field) {
    auto text = landscaper::as_text(field.first(field.size() - 1));
    return std::string(text.substr(0, text.find('\0')));
}

// sname and file are text unless option 52 says that they hold options, read in the order file, sname
// (RFC 3396, 5).
static bool read_overloaded(packet& p, bytes_view sname, bytes_view file) {
    auto overload = u8_in(p, option_code::overload).value_or(0);
    p.remove(option_code::overload);
    if (overload > 3) overload = 0;
    if (overload & 1) {
        if (!read_options(p, file)) return false;
    } else {
        p.file = up_to_nul(file);
    }
    if (overload & 2) {
        if (!read_options(p, sname)) return false;
    } else {
        p.sname = up_to_nul(sname);
    }
    p.remove(option_code::overload);  // means nothing in there
    return true;
}

static bool hardware_is_possible(const packet& p) {
    // EDK2 can put the 16 bytes of its GUID there (SendGUID); other media may have no address at all.
    if (p.hlen > 16) return false;
    return p.htype != 1 || p.hlen == 6 || p.hlen == 16;
}

result<packet> decode(bytes_view data) {
    if (data.size() < fixed_size) return packet_errc::truncated;
    packet p;
    reader in(data);
    p.op = in.u8();
    p.htype = in.u8();
    p.hlen = in.u8();
    p.hops = in.u8();
    p.xid = in.be32();
    p.secs = in.be16();
    p.flags = in.be16();
    for (auto* address : {&p.ciaddr, &p.yiaddr, &p.siaddr, &p.giaddr}) address->number = in.be32();
    std::ranges::copy(in.take(p.chaddr.size()), p.chaddr.begin());
    auto sname = in.take(64);
    auto file = in.take(128);
    if (in.be32() != magic_cookie) return packet_errc::no_cookie;
    if (!hardware_is_possible(p)) return packet_errc::bad_hardware;
    p.options.reserve(16);
    if (!read_options(p, in.rest())) return packet_errc::bad_option;
    if (!read_overloaded(p, sname, file)) return packet_errc::bad_option;
    return p;
}

namespace {

// The places that options may go to, filled in order; an option that does not fit moves on to the next one.
struct option_space {
    std::array<writer, 3> area;  // after the cookie, file, sname
    std::array<std::size_t, 3> capacity{};
    std::size_t at = 0;

    bool put(std::uint8_t code, bytes_view value) {
        while (at < area.size() && area[at].size() + 2 + value.size() > capacity[at]) ++at;
        if (at == area.size()) return false;
        area[at].u8(code).u8(static_cast<std::uint8_t>(value.size())).put(value);
        return true;
    }
    bool put_all(const std::vector<option>& options) {
        for (const auto& o : options) {
            bytes_view rest = o.value;
            do {
                auto piece = rest.first(std::min<std::size_t>(rest.size(), 255));
                if (!put(static_cast<std::uint8_t>(o.code), piece)) return false;
                rest = rest.subspan(piece.size());
            } while (!rest.empty());
        }
        return true;
    }
};

}  // namespace

// One byte of every area is the End option.
static result<option_space> place_options(const packet& p, std::size_t max_size) {
    if (max_size < fixed_size + 1) return packet_errc::too_large;
    auto room = max_size - fixed_size - 1;
    option_space plain;
    plain.capacity = {room, 0, 0};
    if (plain.put_all(p.options)) return plain;
    option_space spread;
    constexpr std::size_t overload_size = 3;
    if (room < overload_size) return packet_errc::too_large;
    spread.capacity = {room - overload_size, p.file.empty() ? 127u : 0u, p.sname.empty() ? 63u : 0u};
    if (!spread.put_all(p.options)) return packet_errc::too_large;
    auto used = (spread.area[1].size() ? 1 : 0) | (spread.area[2].size() ? 2 : 0);
    spread.area[0].u8(static_cast<std::uint8_t>(option_code::overload)).u8(1);
    spread.area[0].u8(static_cast<std::uint8_t>(used));
    return spread;
}

static void put_field(writer& out, std::string_view text, const writer& options, std::size_t size) {
    if (options.size()) {
        out.put(options.data()).u8(end).zeros(size - options.size() - 1);
        return;
    }
    auto kept = text.substr(0, size - 1);
    out.put(kept).zeros(size - kept.size());
}

result<bytes> encode(const packet& p, std::size_t max_size) {
    TRY(auto space, place_options(p, max_size));
    writer out;
    out.u8(p.op).u8(p.htype).u8(p.hlen).u8(p.hops).be32(p.xid).be16(p.secs).be16(p.flags);
    for (auto address : {p.ciaddr, p.yiaddr, p.siaddr, p.giaddr}) out.be32(address.number);
    out.put(p.chaddr);
    put_field(out, p.sname, space.area[2], 64);
    put_field(out, p.file, space.area[1], 128);
    out.be32(magic_cookie).put(space.area[0].data()).u8(end);
    if (out.size() < least_message) out.zeros(least_message - out.size());
    return out.finish();
}

}  // namespace pxe::dhcp
