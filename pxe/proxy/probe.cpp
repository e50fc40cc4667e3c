#include "pxe/proxy/probe.hpp"

#include <algorithm>

#include "landscaper/base/hex.hpp"

namespace pxe::proxy {

using dhcp::message_type;
using dhcp::option_code;
using dhcp::packet;
using landscaper::bytes;
using landscaper::ipv4_address;
using landscaper::reader;
using landscaper::writer;

// Option 224: 224 to 254 are for the site's own use (RFC 3942), so the value names itself first.
static constexpr std::string_view mark = "landscaper";
static constexpr std::size_t rack_size = 16;

static bytes identity_value(const identity& me) {
    auto rack = landscaper::from_hex(me.rack).value_or(bytes{});
    rack.resize(rack_size);
    auto up = static_cast<std::uint32_t>(std::clamp<std::int64_t>(me.up.count(), 0, 0xffffffff));
    return writer().put(mark).put(rack).be32(me.instance).be32(up).finish();
}

static std::optional<identity> identity_in(const packet& p) {
    const auto* value = p.find(option_code::landscaper);
    if (!value) return std::nullopt;
    reader in(*value);
    auto name = landscaper::as_text(in.take(mark.size()));
    auto rack = in.take(rack_size);
    identity other;
    other.instance = in.be32();
    other.up = std::chrono::seconds(in.be32());
    if (in.failed() || name != mark) return std::nullopt;
    bool has_rack = std::ranges::any_of(rack, [](auto byte) { return byte != 0; });
    if (has_rack) other.rack = landscaper::to_hex(rack);
    return other;
}

packet probe_from(const identity& me, ipv4_address own) {
    packet p;
    p.xid = me.instance;
    p.hops = 1;
    p.giaddr = own;
    // One MAC for good, so that a site's server sets at most one address aside.
    p.chaddr = {0x02, 'l', 'a', 'n', 'd', 's'};
    p.set(option_code::message_type, dhcp::u8_value(static_cast<std::uint8_t>(message_type::discover)));
    p.set(option_code::vendor_class, dhcp::text_value("PXEClient:Arch:00007:UNDI:003000"));
    p.set(option_code::architecture, {0, 7}).set(option_code::network_interface, {1, 3, 0});
    p.set(option_code::machine_id, bytes(17, 0));
    p.set(option_code::landscaper, identity_value(me));
    return p;
}

packet probe_answer(const packet& probe, const identity& me, ipv4_address own) {
    packet p = probe;
    p.op = 2;
    p.options.clear();
    p.set(option_code::message_type, dhcp::u8_value(static_cast<std::uint8_t>(message_type::offer)));
    p.set(option_code::server_id, dhcp::address_value(own));
    p.set(option_code::landscaper, identity_value(me));
    return p;
}

std::optional<neighbour> neighbour_in(const packet& p, const identity& me) {
    auto other = identity_in(p);
    if (other && other->instance == me.instance) return std::nullopt;
    if (p.op == 1) {
        if (!other) return std::nullopt;
        return neighbour{neighbour::kind::landscaper, p.giaddr, other};
    }
    if (p.op != 2 || p.xid != me.instance) return std::nullopt;
    auto address = dhcp::address_in(p, option_code::server_id).value_or(p.siaddr);
    if (other) return neighbour{neighbour::kind::landscaper, address, other};
    bool is_proxy = p.yiaddr.is_zero();
    return neighbour{is_proxy ? neighbour::kind::proxy : neighbour::kind::dhcp, address, std::nullopt};
}

bool is_own_probe(const packet& p, const identity& me) {
    auto sender = identity_in(p);
    return sender && sender->instance == me.instance;
}

bool is_later(const identity& me, const identity& other) {
    if (me.up != other.up) return me.up < other.up;
    return me.instance > other.instance;
}

}  // namespace pxe::proxy
