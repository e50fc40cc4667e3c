#include "pxe/proxy/lease.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;
using dhcp::message_type;

static const auto own_address = ipv4_address::of(10, 0, 0, 11);
static const auto wrong_address = ipv4_address::of(10, 0, 0, 99);
static const auto broadcast = ipv4_address::of(255, 255, 255, 255);

struct lease_scene : scene {
    lease_scene() : scene(stage::local) { reserve(); }

    // A message of the installed system's DHCP client.
    dhcp::packet message(message_type type) const {
        auto p = packet_of(udhcpc_discover);
        p.set(option_code::message_type, dhcp::u8_value(static_cast<std::uint8_t>(type)));
        return p;
    }
    dhcp::packet with(message_type type, option_code code, ipv4_address address) const {
        return message(type).set(code, dhcp::address_value(address));
    }
    message_type answered(const dhcp::packet& p) const {
        auto out = sent(p, from(67));
        return out ? dhcp::type_of(packet_of(out->data)) : message_type::none;
    }
};

TEST_CASE("a DISCOVER is offered the reserved address with what belongs to it") {
    lease_scene s;
    auto p = s.reply(s.message(message_type::discover));
    CHECK(dhcp::type_of(p) == message_type::offer);
    CHECK(p.yiaddr == own_address);
    CHECK(dhcp::address_in(p, option_code::subnet_mask) == ipv4_address::of(255, 255, 255, 0));
    CHECK(dhcp::address_in(p, option_code::broadcast_address) == ipv4_address::of(10, 0, 0, 255));
    CHECK(*p.find(option_code::routers) == "0a 00 00 01"_hex);
    CHECK(*p.find(option_code::name_servers) == "0a 00 00 01"_hex);
    CHECK(dhcp::text_in(p, option_code::host_name) == "px01");
    CHECK(*p.find(option_code::lease_time) == dhcp::u32_value(86400));
    CHECK(*p.find(option_code::client_id) == "01 52 54 00 0a 00 01"_hex);
    CHECK(p.file.empty());
    CHECK_FALSE(p.find(option_code::vendor_class));
}

TEST_CASE("an offer is broadcast even to a client that wants unicast: ARP does not know it yet") {
    lease_scene s;
    auto p = s.message(message_type::discover);
    CHECK(p.flags == 0);
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == broadcast);
    CHECK(out.interface == 3);
}

TEST_CASE("who asks for classless routes gets the default route in them, nobody else") {
    lease_scene s;
    auto p = s.message(message_type::discover);
    CHECK_FALSE(s.reply(p).find(option_code::classless_routes));
    p.set(option_code::parameter_list, "01 03 79"_hex);
    CHECK(*s.reply(p).find(option_code::classless_routes) == "00 0a 00 00 01"_hex);
    s.host.ip->gateway.reset();
    CHECK_FALSE(s.reply(p).find(option_code::classless_routes));
}

TEST_CASE("domain, search list, MTU and time servers go to who asks for them") {
    lease_scene s;
    s.host.ip->domain = "rack-a.example.org";
    s.host.ip->mtu = 9000;
    s.host.ip->ntp = {ipv4_address::of(10, 0, 0, 2), ipv4_address::of(10, 0, 0, 3)};
    auto p = s.message(message_type::discover);
    p.set(option_code::parameter_list, "01 03 06"_hex);
    for (auto code :
         {option_code::domain_name, option_code::mtu, option_code::ntp_servers, option_code::domain_search})
        CHECK_FALSE(s.reply(p).find(code));
    p.set(option_code::parameter_list, "01 03 06 0f 1a 2a 77"_hex);
    auto told = s.reply(p);
    CHECK(dhcp::text_in(told, option_code::domain_name) == "rack-a.example.org");
    CHECK(*told.find(option_code::mtu) == "23 28"_hex);
    CHECK(*told.find(option_code::ntp_servers) == "0a 00 00 02 0a 00 00 03"_hex);
    CHECK(*told.find(option_code::domain_search) ==
          "06 72 61 63 6b 2d 61 07 65 78 61 6d 70 6c 65 03 6f 72 67 00"_hex);
    s.host.ip->domain.clear();
    s.host.ip->mtu = 0;
    s.host.ip->ntp.clear();
    for (auto code :
         {option_code::domain_name, option_code::mtu, option_code::ntp_servers, option_code::domain_search})
        CHECK_FALSE(s.reply(p).find(code));
}

TEST_CASE(
    "a host is its MAC: another client id, an OS instead of firmware, are the same host and are echoed") {
    lease_scene s;
    auto p = s.message(message_type::discover);
    for (auto id : {"ff 00 01 02 03 04 05 06"_hex, "01 52 54 00 0a 00 01"_hex}) {
        p.set(option_code::client_id, id);
        CHECK(s.reply(p).yiaddr == own_address);
        CHECK(*s.reply(p).find(option_code::client_id) == id);
    }
}

TEST_CASE(
    "a REQUEST for our offer is confirmed, for another address refused, for another server left alone") {
    lease_scene s;
    auto p = s.with(message_type::request, option_code::server_id, s.us.address);
    p.set(option_code::requested_address, dhcp::address_value(own_address));
    CHECK(s.answered(p) == message_type::ack);
    p.set(option_code::requested_address, dhcp::address_value(wrong_address));
    CHECK(s.answered(p) == message_type::nak);
    p.set(option_code::server_id, dhcp::address_value(ipv4_address::of(10, 0, 0, 1)));
    CHECK(s.answered(p) == message_type::none);
    p.set(option_code::requested_address, dhcp::address_value(own_address));
    CHECK(s.answered(p) == message_type::none);
}

TEST_CASE("INIT-REBOOT is confirmed when the address is the host's, and refused when not") {
    lease_scene s;
    CHECK(s.answered(s.with(message_type::request, option_code::requested_address, own_address)) ==
          message_type::ack);
    CHECK(s.answered(s.with(message_type::request, option_code::requested_address, wrong_address)) ==
          message_type::nak);
}

TEST_CASE(
    "renewing and rebinding clients are answered at their address, with a wrong one by a broadcast NAK") {
    lease_scene s;
    auto p = s.message(message_type::request);
    p.ciaddr = own_address;
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == own_address);
    CHECK(out.destination_port == 68);
    CHECK(packet_of(out.data).yiaddr == own_address);
    p.ciaddr = wrong_address;
    out = s.sent(p, s.from(67)).value();
    CHECK(dhcp::type_of(packet_of(out.data)) == message_type::nak);
    CHECK(out.destination == broadcast);
    CHECK(packet_of(out.data).yiaddr.is_zero());
}

TEST_CASE("INFORM gets the network's settings without address and lease time") {
    lease_scene s;
    auto p = s.message(message_type::inform);
    p.ciaddr = own_address;
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == own_address);
    auto reply = packet_of(out.data);
    CHECK(reply.yiaddr.is_zero());
    CHECK_FALSE(reply.find(option_code::lease_time));
    CHECK(reply.find(option_code::subnet_mask));
}

TEST_CASE("RELEASE gets no reply, DECLINE is an alarm") {
    lease_scene s;
    CHECK(s.answered(s.message(message_type::release)) == message_type::none);
    CHECK(told(s.decided(s.message(message_type::decline), s.from(67))) ==
          "silence: found its reserved address in use by another machine: 10.0.0.11");
}

TEST_CASE("nobody but the hosts of the inventory gets anything, not even a NAK") {
    lease_scene s;
    auto p = s.with(message_type::request, option_code::requested_address, wrong_address);
    auto who = dhcp::classify(p);
    CHECK(told(decide(nullptr, who, request_of(p, s.from(67)), s.us)) == "silence: not in the inventory");
}

TEST_CASE("a full answer to UEFI PXE is plain DHCP with a boot file: no option 60, no 43") {
    lease_scene s;
    auto p = s.reply(ovmf_discover);
    CHECK(p.yiaddr == own_address);
    CHECK(p.file == "b/" + token + "/local.efi");
    CHECK_FALSE(p.find(option_code::vendor_class));
    CHECK_FALSE(p.find(option_code::vendor_specific));
}

TEST_CASE("a full answer to a BIOS ROM sends it to 4011 only where the host's style says so") {
    lease_scene s;
    s.host.stage = stage::install;
    CHECK_FALSE(s.reply(bios_rom_discover).find(option_code::vendor_class));
    s.host.style = reply_style::port_4011;
    CHECK(dhcp::text_in(s.reply(bios_rom_discover), option_code::vendor_class) == "PXEClient");
}

TEST_CASE("a full answer to HTTP Boot says HTTPClient and the URL") {
    lease_scene s;
    auto p = s.reply(ovmf_http_discover);
    CHECK(dhcp::text_in(p, option_code::vendor_class) == "HTTPClient");
    CHECK(p.file == url + "b/" + token + "/local.efi");
}

TEST_CASE("a full answer to iPXE spares it the wait for a proxy") {
    lease_scene s;
    CHECK(*s.reply(ipxe_bios_discover).find(option_code::ipxe) == "b0 01 01"_hex);
}

TEST_CASE("a host without a program for its firmware still gets its address") {
    lease_scene s;
    CHECK(told(s.decided(u_boot_discover)) == "address only");
}

TEST_CASE("a relayed host gets its address only in the network it belongs to") {
    lease_scene s;
    auto p = s.message(message_type::discover);
    p.giaddr = ipv4_address::of(10, 0, 0, 254);
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == p.giaddr);
    p.giaddr = ipv4_address::of(10, 9, 0, 1);
    CHECK(told(s.decided(p, s.from(67))) == "silence: has a reserved address outside the network it is in");
    p.set(option_code::relay_agent, "05 04 0a 00 00 00"_hex);  // link selection
    CHECK(s.answered(p) == message_type::offer);
}

TEST_CASE("a NAK through a relay is marked for broadcast") {
    lease_scene s;
    auto p = s.with(message_type::request, option_code::requested_address, wrong_address);
    p.giaddr = ipv4_address::of(10, 0, 0, 254);
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == p.giaddr);
    CHECK(packet_of(out.data).flags == dhcp::broadcast_flag);
}

TEST_CASE("a host without reservation is answered as by a proxy") {
    lease_scene s;
    s.host.ip.reset();
    CHECK(s.reply(ovmf_discover).yiaddr.is_zero());
    CHECK(s.answered(s.message(message_type::discover)) == message_type::none);
}
