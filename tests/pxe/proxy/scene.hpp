// A rack of one host for the tests of the decision and the replies: 52:54:00:0a:00:01 with a payload,
// landscaper at 10.0.0.2, the generic programs shared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/content.hpp"
#include "pxe/dhcp/packet.hpp"
#include "pxe/proxy/decide.hpp"
#include "pxe/proxy/reply.hpp"
#include "tests/pxe/dhcp/fixtures.hpp"

namespace pxe::fixtures {

using dhcp::option_code;
using landscaper::ipv4_address;
using landscaper::mac_address;

inline const std::string token = "0123456789abcdef0123456789abcdef";
inline const std::string url = "http://10.0.0.2:8069/";

inline landscaper::content content_of(std::string_view text) {
    return landscaper::content({landscaper::literal(bytes(text.begin(), text.end()))});
}

// The bytes of a content made of literals.
inline std::string text_of(const landscaper::content& content) {
    std::string out;
    for (const auto& e : content.extents()) {
        const auto& part = std::get<landscaper::literal_extent>(e);
        out += landscaper::as_text(*part.data).substr(part.offset, part.length);
    }
    return out;
}

struct scene {
    boot_entry host;
    proxy::network network;
    proxy::server_facts us;
    std::vector<ipv4_address> own = {ipv4_address::of(127, 0, 0, 1), ipv4_address::of(10, 0, 0, 2)};

    explicit scene(pxe::stage stage = pxe::stage::install) {
        host.mac = {*mac_address::parse("52:54:00:0a:00:01")};
        host.stage = stage;
        host.token = token;
        for (auto name :
             {"uki.efi", "kernel", "initrd", "host.cpio", "local.efi", "hold.efi", "script.ipxe"}) {
            host.objects[name] = content_of(std::string("own ") + name);
        }
        for (auto name :
             {"local.efi", "snponly.efi", "snponly_aa64.efi", "undionly.kpxe", "grub.0", "grub.efi"}) {
            network.shared[name] = content_of(std::string("shared ") + name);
        }
        us.address = ipv4_address::of(10, 0, 0, 2);
        us.network = &network;
        us.own = &own;
    }
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    // The host has the address 10.0.0.11/24 from us.
    void reserve() {
        network.mode = proxy::dhcp_mode::reservations;
        auto& ip = host.ip.emplace();
        ip.ip = *landscaper::ip_prefix::parse("10.0.0.11/24");
        ip.gateway = ipv4_address::of(10, 0, 0, 1);
        ip.nameservers = {ipv4_address::of(10, 0, 0, 1)};
        ip.hostname = "px01";
    }

    proxy::ingress from(std::uint16_t port) const {
        if (port == proxy::dhcp_port) return {3, {}, proxy::client_port, port};
        return {3, ipv4_address::of(10, 0, 0, 11), 4011, port};
    }
    proxy::answer decided(const dhcp::packet& p, const proxy::ingress& in) const {
        return proxy::decide(&host, dhcp::classify(p), proxy::request_of(p, in), us);
    }
    proxy::answer decided(const bytes& data, std::uint16_t port = proxy::dhcp_port) const {
        return decided(dhcp::decode(data).value(), from(port));
    }
    std::optional<proxy::datagram> sent(const dhcp::packet& p, const proxy::ingress& in) const {
        auto who = dhcp::classify(p);
        return proxy::reply_to(p, who, &host, decided(p, in), us, in);
    }
    std::optional<proxy::datagram> sent(const bytes& data, std::uint16_t port = proxy::dhcp_port) const {
        return sent(dhcp::decode(data).value(), from(port));
    }
    // The reply as a packet; fails the test when there is none.
    dhcp::packet reply(const bytes& data, std::uint16_t port = proxy::dhcp_port) const {
        return dhcp::decode(sent(data, port).value().data).value();
    }
    dhcp::packet reply(const dhcp::packet& p) const {
        return dhcp::decode(sent(p, from(proxy::dhcp_port)).value().data).value();
    }
};

inline dhcp::packet packet_of(const bytes& data) {
    return dhcp::decode(data).value();
}

// What the answer says to boot; "silence: REASON" and the like for the others.
inline std::string told(const proxy::answer& a) {
    if (const auto* t = std::get_if<proxy::tell>(&a)) {
        if (!t->file) return "address only";
        return t->file->is_local_disk ? "disk" : t->file->name;
    }
    if (const auto* s = std::get_if<proxy::silence>(&a)) {
        return std::string("silence: ") + proxy::describe(s->why) +
               (s->detail.empty() ? "" : ": " + s->detail);
    }
    if (const auto* r = std::get_if<proxy::refuse>(&a))
        return std::string("refuse: ") + proxy::describe(r->why);
    if (const auto* g = std::get_if<proxy::give>(&a)) return text_of(g->data);
    return "nak";
}

}  // namespace pxe::fixtures
