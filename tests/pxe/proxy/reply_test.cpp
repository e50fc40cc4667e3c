#include "pxe/proxy/reply.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;
using dhcp::text_in;

static const auto us = ipv4_address::of(10, 0, 0, 2);
static const auto everybody = ipv4_address::of(255, 255, 255, 255);

static bytes value(const dhcp::packet& p, option_code code) {
    const auto* found = p.find(code);
    return found ? *found : bytes{};
}

TEST_CASE("a proxy offer assigns nothing and names us on the interface it came in on") {
    scene s;
    auto p = s.reply(ovmf_discover);
    CHECK(p.op == 2);
    CHECK(dhcp::type_of(p) == dhcp::message_type::offer);
    CHECK(p.xid == 0x5a000001);
    CHECK(p.yiaddr.is_zero());
    CHECK(p.ciaddr.is_zero());
    CHECK(p.siaddr == us);
    CHECK(dhcp::address_in(p, option_code::server_id) == us);
    CHECK(text_in(p, option_code::vendor_class) == "PXEClient");
    CHECK(value(p, option_code::machine_id) == *packet_of(ovmf_discover).find(option_code::machine_id));
    CHECK_FALSE(p.find(option_code::lease_time));
    CHECK_FALSE(p.find(option_code::subnet_mask));
}

TEST_CASE("the boot file stands in the header and in option 67, which ends in a NUL") {
    scene s;
    auto p = s.reply(ovmf_discover);
    CHECK(p.file == "b/" + token + "/uki.efi");
    CHECK(text_in(p, option_code::bootfile_name) == p.file);
    CHECK(value(p, option_code::bootfile_name).back() == 0);
    CHECK(p.sname == "10.0.0.2");
    CHECK(text_in(p, option_code::tftp_server_name) == "10.0.0.2");
}

TEST_CASE("the two styles: direct carries option 43 {6:8}, 4011 carries none") {
    scene s;
    CHECK_FALSE(s.reply(ovmf_discover).find(option_code::vendor_specific));
    s.host.style = reply_style::direct;
    CHECK(value(s.reply(ovmf_discover), option_code::vendor_specific) == "06 01 08 ff"_hex);
    CHECK(value(s.reply(bios_rom_discover), option_code::vendor_specific) == "06 01 08 ff"_hex);
    CHECK(value(s.reply(ipxe_bios_discover), option_code::vendor_specific) == "06 01 08 ff"_hex);
}

TEST_CASE("HTTP Boot gets its class back, a literal URL, and no option 43") {
    scene s;
    auto p = s.reply(ovmf_http_discover);
    CHECK(text_in(p, option_code::vendor_class) == "HTTPClient");
    CHECK(p.file == url + "b/" + token + "/uki.efi");
    CHECK(text_in(p, option_code::bootfile_name) == p.file);
    CHECK_FALSE(p.find(option_code::vendor_specific));
}

TEST_CASE("a proxy offer is broadcast on the receiving interface even to clients that want unicast") {
    scene s;
    for (const auto* client : {&ovmf_discover, &ipxe_bios_discover}) {
        auto out = s.sent(*client).value();
        CHECK(out.destination == everybody);
        CHECK(out.destination_port == 68);
        CHECK(out.source_port == 67);
        CHECK(out.source == us);
        CHECK(out.interface == 3);
        CHECK(packet_of(out.data).flags == dhcp::broadcast_flag);
    }
}

TEST_CASE("every reply has at least 300 bytes, and a BIOS ROM's at most 548") {
    scene s;
    for (auto stage : {stage::install, stage::local, stage::hold}) {
        s.host.stage = stage;
        for (const auto* client : {&ovmf_discover, &ovmf_http_discover, &ipxe_bios_discover,
                                   &bios_rom_discover, &u_boot_discover}) {
            auto out = s.sent(*client);
            if (!out) continue;
            CHECK(out->data.size() >= 300);
            CHECK(out->data.size() <= 548);
        }
    }
}

TEST_CASE("a client that can take little loses the optional parts first") {
    scene s;
    auto p = packet_of(u_boot_discover);
    p.giaddr = ipv4_address::of(10, 1, 0, 1);
    p.set(option_code::relay_agent, bytes(180, 1));  // an echo that leaves little room
    s.host.objects["uki_aa64.efi"] = content_of("uki");
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.data.size() <= 548);
    CHECK(packet_of(out.data).file == "b/" + token + "/uki_aa64.efi");
    p.set(option_code::relay_agent, bytes(400, 1));
    CHECK_FALSE(s.sent(p, s.from(67)));
}

TEST_CASE("a relayed request is answered to the relay on port 67, option 82 last and unchanged") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.giaddr = ipv4_address::of(10, 1, 0, 1);
    p.hops = 2;
    p.set(option_code::relay_agent, "01 04 aa bb cc dd"_hex);
    auto out = s.sent(p, s.from(67)).value();
    CHECK(out.destination == p.giaddr);
    CHECK(out.destination_port == 67);
    CHECK(out.interface == 0);
    auto reply = packet_of(out.data);
    CHECK(reply.giaddr == p.giaddr);
    CHECK(reply.hops == 2);
    CHECK(reply.flags == p.flags);
    CHECK(reply.options.back() == dhcp::option{option_code::relay_agent, "01 04 aa bb cc dd"_hex});
}

TEST_CASE("a relay at an address of many gets nothing") {
    scene s;
    auto p = packet_of(ovmf_discover);
    for (auto giaddr : {everybody, ipv4_address::of(224, 0, 0, 1), ipv4_address::of(127, 0, 0, 9),
                        ipv4_address::of(0, 0, 0, 1)}) {
        p.giaddr = giaddr;
        CHECK_FALSE(s.sent(p, s.from(67)));
    }
}

TEST_CASE("a relay may name the server identifier") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.giaddr = ipv4_address::of(10, 1, 0, 1);
    p.set(option_code::relay_agent, "0b 04 0a 01 00 01"_hex);
    auto reply = packet_of(s.sent(p, s.from(67)).value().data);
    CHECK(dhcp::address_in(reply, option_code::server_id) == p.giaddr);
    p.giaddr = {};  // not relayed: nobody may
    reply = packet_of(s.sent(p, s.from(67)).value().data);
    CHECK(dhcp::address_in(reply, option_code::server_id) == us);
    CHECK_FALSE(reply.find(option_code::relay_agent));
}

TEST_CASE("4011 answers to the source address and port, from port 4011") {
    scene s;
    auto p = packet_of(ovmf_boot_server_request);
    auto out = s.sent(p, s.from(4011)).value();
    CHECK(out.destination == ipv4_address::of(10, 0, 0, 11));
    CHECK(out.destination_port == 4011);
    CHECK(out.source_port == 4011);
    ingress rom{3, ipv4_address::of(10, 0, 0, 11), 68, 4011};
    CHECK(s.sent(p, rom)->destination_port == 68);
}

TEST_CASE(
    "the answer of 4011 is an ACK with server, file and ciaddr, and no option 43 unless asked with 71") {
    scene s;
    auto p = s.reply(ovmf_boot_server_request, 4011);
    CHECK(dhcp::type_of(p) == dhcp::message_type::ack);
    CHECK(p.ciaddr == ipv4_address::of(10, 0, 0, 11));
    CHECK(p.yiaddr.is_zero());
    CHECK(p.siaddr == us);
    CHECK(p.file == "b/" + token + "/uki.efi");
    CHECK(p.flags == 0);
    CHECK_FALSE(p.find(option_code::vendor_specific));
    auto question = packet_of(ovmf_boot_server_request);
    question.set(option_code::vendor_specific, "06 01 08 47 04 00 05 00 00 ff"_hex);
    auto reply = packet_of(s.sent(question, s.from(4011)).value().data);
    CHECK(value(reply, option_code::vendor_specific) == "47 04 00 05 00 00 ff"_hex);
}

TEST_CASE("a BIOS ROM is sent to its disk by a menu of one item of type 0") {
    scene s(stage::local);
    auto p = s.reply(bios_rom_discover);
    CHECK(
        value(p, option_code::vendor_specific) ==
        "06 01 07  09 0d 00 00 0a 4c 6f 63 61 6c 20 64 69 73 6b  0a 0b 00 4c 6f 63 61 6c 20 64 69 73 6b  ff"_hex);
    CHECK(text_in(p, option_code::vendor_class) == "PXEClient");
    CHECK(p.file.empty());
}

TEST_CASE("option 97 of another shape is not echoed, and the client is answered all the same") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.set(option_code::machine_id, bytes(17, 1));
    CHECK_FALSE(s.reply(p).find(option_code::machine_id));
    p.remove(option_code::machine_id).remove(option_code::network_interface);
    CHECK(s.reply(p).file == "b/" + token + "/uki.efi");
}

TEST_CASE("no parameter list suppresses what PXE needs") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.set(option_code::parameter_list, "00 01 01 eb"_hex);
    CHECK(text_in(s.reply(p), option_code::vendor_class) == "PXEClient");
    CHECK(s.reply(p).find(option_code::bootfile_name));
}
