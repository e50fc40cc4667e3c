#include "pxe/proxy/reply.hpp"

#include <algorithm>
#include <array>

#include "pxe/proxy/vendor_options.hpp"

namespace pxe::proxy {

using dhcp::client_class;
using dhcp::message_type;
using dhcp::option_code;
using dhcp::packet;
using landscaper::bytes;
using landscaper::ipv4_address;
using landscaper::reader;

static constexpr std::uint8_t link_selection = 5;       // of option 82, RFC 3527
static constexpr std::uint8_t server_id_override = 11;  // of option 82, RFC 5107
// Longer than any installation, so that no stage of the boot loses its address.
static constexpr std::uint32_t lease_seconds = 86400;
static constexpr ipv4_address everybody = ipv4_address::of(255, 255, 255, 255);

static std::optional<ipv4_address> relay_address(const packet& p, std::uint8_t code) {
    const auto* relay = p.find(option_code::relay_agent);
    if (!relay) return std::nullopt;
    auto value = dhcp::sub_option(*relay, code);
    if (!value || value->size() != 4) return std::nullopt;
    return ipv4_address{reader(*value).be32()};
}

request request_of(const packet& p, const ingress& from) {
    auto type = p.op == 1 ? dhcp::type_of(p) : message_type::none;
    if (from.port == boot_server_port) {
        return boot_server_message{type, asks_for_credentials(p), from.source};
    }
    dhcp_message m;
    m.type = type;
    m.server = dhcp::address_in(p, option_code::server_id);
    m.requested = dhcp::address_in(p, option_code::requested_address);
    m.ciaddr = p.ciaddr;
    m.giaddr = p.giaddr;
    m.source = from.source;
    if (!p.giaddr.is_zero()) {
        m.override_ = relay_address(p, server_id_override);
        m.link = relay_address(p, link_selection).value_or(p.giaddr);
    }
    return m;
}

namespace {

struct builder {
    const packet& question;
    const dhcp::client& who;
    const boot_entry* entry;
    const server_facts& us;
    const ingress& from;
    packet reply{};

    bool at_boot_server() const { return from.port == boot_server_port; }
    bool is_relayed() const { return !question.giaddr.is_zero() && !at_boot_server(); }

    void start(message_type type) {
        reply.op = 2;
        reply.htype = question.htype;
        reply.hlen = question.hlen;
        reply.hops = question.hops;
        reply.xid = question.xid;
        reply.flags = question.flags;
        reply.giaddr = question.giaddr;
        reply.chaddr = question.chaddr;
        reply.set(option_code::message_type, dhcp::u8_value(static_cast<std::uint8_t>(type)));
        auto server = is_relayed() ? relay_address(question, server_id_override) : std::nullopt;
        reply.set(option_code::server_id, dhcp::address_value(server.value_or(us.address)));
    }

    // RFC 2131, table 3: an INFORM gets no address and no lease.
    void add_lease(const reservation& r) {
        auto address = *r.ip.address.v4();
        if (who.type != message_type::inform) {
            reply.yiaddr = address;
            reply.set(option_code::lease_time, dhcp::u32_value(lease_seconds));
            reply.set(option_code::renewal_time, dhcp::u32_value(lease_seconds / 2));
            reply.set(option_code::rebinding_time, dhcp::u32_value(lease_seconds / 8 * 7));
        }
        auto mask = r.ip.netmask();
        reply.set(option_code::subnet_mask, dhcp::address_value(mask));
        reply.set(option_code::broadcast_address, dhcp::address_value({address.number | ~mask.number}));
        if (r.gateway) add_gateway(*r.gateway);
        if (!r.nameservers.empty())
            reply.set(option_code::name_servers, dhcp::addresses_value(r.nameservers));
        if (!r.hostname.empty()) reply.set(option_code::host_name, dhcp::text_value(r.hostname));
        add_wished(r);
    }

    bool is_wished(option_code code) const {
        const auto* list = question.find(option_code::parameter_list);
        return list && std::ranges::find(*list, static_cast<std::uint8_t>(code)) != list->end();
    }

    // Only to who names them (RFC 2132, section 9.8): no ROM boots the better for it, and the room is scarce.
    void add_wished(const reservation& r) {
        if (!r.domain.empty() && is_wished(option_code::domain_name))
            reply.set(option_code::domain_name, dhcp::text_value(r.domain));
        if (!r.domain.empty() && is_wished(option_code::domain_search))
            reply.set(option_code::domain_search, dhcp::domain_value(r.domain));
        if (r.mtu != 0 && is_wished(option_code::mtu)) reply.set(option_code::mtu, dhcp::u16_value(r.mtu));
        if (!r.ntp.empty() && is_wished(option_code::ntp_servers))
            reply.set(option_code::ntp_servers, dhcp::addresses_value(r.ntp));
    }

    // Who asks for classless routes ignores option 3 when it gets them, so they hold the default route (RFC
    // 3442).
    void add_gateway(ipv4_address gateway) {
        reply.set(option_code::routers, dhcp::address_value(gateway));
        if (!is_wished(option_code::classless_routes)) return;
        reply.set(option_code::classless_routes, landscaper::writer().u8(0).be32(gateway.number).finish());
    }

    // `file` as well as 66 and 67: some firmware reads only the one (U-Boot), some only the others. 67 ends
    // in a NUL, since some ROMs read on past its length.
    void add_file(const boot_file& file) {
        reply.siaddr = us.address;
        if (!file.is_url) {
            reply.sname = us.address.text();
            reply.set(option_code::tftp_server_name, dhcp::text_value(reply.sname));
        }
        if (file.name.size() < 128) reply.file = file.name;
        auto name = dhcp::text_value(file.name);
        name.push_back(0);
        reply.set(option_code::bootfile_name, std::move(name));
    }

    // A plain DHCP answer with a boot file suits all PXE firmware; with option 60 it would be a PXE answer,
    // which a BIOS ROM takes as an order to ask 4011 (PXE-E55). HTTP Boot wants its class in every answer.
    bool needs_class(const tell& told) const {
        return !told.with_address || who.kind == client_class::http || told.style == reply_style::port_4011 ||
               told.file->is_local_disk;
    }

    void add_boot(const tell& told) {
        if (needs_class(told)) {
            bool http = who.kind == client_class::http;
            reply.set(option_code::vendor_class, dhcp::text_value(http ? "HTTPClient" : "PXEClient"));
        }
        if (told.file->is_local_disk) {
            reply.siaddr = us.address;
            reply.set(option_code::vendor_specific, local_disk_menu());
            return;
        }
        add_file(*told.file);
        add_vendor_options(told);
    }

    void add_vendor_options(const tell& told) {
        if (at_boot_server()) {
            auto item = boot_item_of(question);
            if (item) reply.set(option_code::vendor_specific, *item);
            return;
        }
        bool direct = told.style == reply_style::direct && who.kind == client_class::pxe;
        if (direct && !told.with_address) reply.set(option_code::vendor_specific, boot_directly());
        if (who.is_ipxe && told.with_address) reply.set(option_code::ipxe, no_proxy_dhcp());
    }

    void add_echoes(bool is_full) {
        if (!who.machine_id.empty()) reply.set(option_code::machine_id, who.machine_id);
        const auto* id = question.find(option_code::client_id);
        if (id && is_full) reply.set(option_code::client_id, *id);  // RFC 6842
        const auto* relay = question.find(option_code::relay_agent);
        if (relay && is_relayed()) reply.set(option_code::relay_agent, *relay);  // last: RFC 3046, 2.2
    }

    void build(const tell& told) {
        start(told.type);
        if (told.type == message_type::ack) reply.ciaddr = question.ciaddr;
        if (told.with_address) add_lease(*entry->ip);
        if (told.file) add_boot(told);
        add_echoes(told.with_address);
    }
    void build(const refuse_address&) {
        start(message_type::nak);
        reply.set(option_code::message, dhcp::text_value("not the address reserved for this machine"));
        add_echoes(true);
    }

    bool is_nak() const { return dhcp::type_of(reply) == message_type::nak; }
    // RFC 2131, 4.1. A proxy has no yiaddr to send to, and ARP does not know a client yet that asks for
    // unicast: so everything without ciaddr is broadcast.
    datagram addressed() {
        datagram out;
        out.source = us.address;
        out.source_port = from.port;
        out.destination_port = client_port;
        if (at_boot_server()) {
            out.destination = from.source.is_zero() ? question.ciaddr : from.source;
            out.destination_port = from.source_port;
        } else if (is_relayed()) {
            out.destination = question.giaddr;
            out.destination_port = dhcp_port;
            if (is_nak()) reply.flags |= dhcp::broadcast_flag;
        } else if (!is_nak() && !question.ciaddr.is_zero()) {
            out.destination = question.ciaddr;
        }
        if (out.destination.is_zero()) {
            out.destination = everybody;
            reply.flags |= dhcp::broadcast_flag;
        }
        if (out.destination == everybody) out.interface = from.interface;
        return out;
    }
};

}  // namespace

// What a small client can do without, in the order of leaving it out.
static std::optional<bytes> encode_within(packet reply, std::size_t max_size) {
    using enum option_code;
    static constexpr std::array optional = {tftp_server_name, renewal_time, rebinding_time, broadcast_address,
                                            classless_routes, host_name,    name_servers,   machine_id};
    for (auto next = optional.begin();; ++next) {
        auto data = dhcp::encode(reply, max_size);
        if (data) return std::move(*data);
        if (next == optional.end()) return std::nullopt;
        reply.remove(*next);
    }
}

bool is_sendable(const datagram& out, const server_facts& us) {
    auto first = out.destination.number >> 24;
    if (out.destination == everybody)
        return out.destination_port == client_port || out.source_port != dhcp_port;
    bool is_own = us.own && std::ranges::find(*us.own, out.destination) != us.own->end();
    return first != 0 && first != 127 && first < 224 && !is_own && out.destination_port != 0;
}

std::optional<datagram> reply_to(const packet& question, const dhcp::client& who, const boot_entry* entry,
                                 const answer& decided, const server_facts& us, const ingress& from) {
    builder b{question, who, entry, us, from};
    if (const auto* told = std::get_if<tell>(&decided)) {
        b.build(*told);
    } else if (const auto* refused = std::get_if<refuse_address>(&decided)) {
        b.build(*refused);
    } else {
        return std::nullopt;
    }
    auto out = b.addressed();
    if (!is_sendable(out, us)) return std::nullopt;
    auto data = encode_within(std::move(b.reply), who.max_reply);
    if (!data) return std::nullopt;
    out.data = std::move(*data);
    return out;
}

}  // namespace pxe::proxy
