#include "pxe/proxy/decide.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

static reply_style style_of(const answer& a) {
    return std::get<tell>(a).style;
}

TEST_CASE("to install: every firmware class gets its own first program") {
    scene s(stage::install);
    CHECK(told(s.decided(ovmf_discover)) == "b/" + token + "/uki.efi");
    CHECK(told(s.decided(ovmf_http_discover)) == url + "b/" + token + "/uki.efi");
    CHECK(told(s.decided(ipxe_bios_discover)) == url + "b/" + token + "/script.ipxe");
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "b/" + token + "/script.ipxe");
    CHECK(told(s.decided(bios_rom_discover)) == "b/" + token + "/undionly.kpxe");
}

TEST_CASE("to its disk: UEFI by the local-boot NBP, BIOS ROMs by boot server 0, iPXE by a script") {
    scene s(stage::local);
    CHECK(told(s.decided(ovmf_discover)) == "b/" + token + "/local.efi");
    CHECK(told(s.decided(ovmf_http_discover)) == url + "b/" + token + "/local.efi");
    CHECK(told(s.decided(ipxe_bios_discover)) == url + "b/" + token + "/local.ipxe");
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "b/" + token + "/local.ipxe");
    CHECK(told(s.decided(bios_rom_discover)) == "disk");
}

TEST_CASE("without serve, a host known only as installed goes to its disk by the generic program") {
    scene s(stage::local);
    s.host.token.clear();
    s.host.objects.clear();
    CHECK(told(s.decided(ovmf_discover)) == "local.efi");
    CHECK(told(s.decided(ovmf_http_discover)) == url + "local.efi");
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "local.ipxe");
    CHECK(told(s.decided(ipxe_bios_discover)) == url + "local.ipxe");
}

TEST_CASE("on hold: a program that says why, never a payload") {
    scene s(stage::hold);
    CHECK(told(s.decided(ovmf_discover)) == "b/" + token + "/hold.efi");
    CHECK(told(s.decided(ovmf_http_discover)) == url + "b/" + token + "/hold.efi");
    CHECK(told(s.decided(ipxe_bios_discover)) == url + "b/" + token + "/hold.ipxe");
    CHECK(told(s.decided(bios_rom_discover)) == "b/" + token + "/undionly.kpxe");
    s.host.objects.clear();
    s.host.token.clear();
    CHECK(told(s.decided(ovmf_discover)) == "snponly.efi");  // which then asks for hold.ipxe
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "hold.ipxe");
}

TEST_CASE("the answer on 4011 names the same program as the offer on 67") {
    for (auto stage : {stage::install, stage::local, stage::hold}) {
        scene s(stage);
        CHECK(told(s.decided(ovmf_discover)) == told(s.decided(ovmf_boot_server_request, 4011)));
    }
}

TEST_CASE("a BIOS ROM that asks 4011 while it is to go to its disk gets iPXE, which can send it there") {
    scene s(stage::local);
    auto p = packet_of(bios_rom_discover);
    p.set(option_code::message_type, dhcp::u8_value(3));
    CHECK(told(s.decided(p, s.from(4011))) == "b/" + token + "/undionly.kpxe");
}

TEST_CASE("a BIOS ROM that is sent to 4011 is served there, too") {
    scene s(stage::install);
    auto p = packet_of(bios_rom_discover);
    p.set(option_code::message_type, dhcp::u8_value(3));
    CHECK(told(s.decided(p, s.from(4011))) == "b/" + token + "/undionly.kpxe");
}

TEST_CASE("every architecture gets its own objects: HTTP Boot only ever a URL, PXE never one") {
    scene s(stage::install);
    for (auto name : {"uki_ia32.efi", "uki_arm.efi", "uki_aa64.efi"})
        s.host.objects[name] = content_of("uki");
    auto own = "b/" + token + "/";
    struct {
        std::uint8_t number;
        std::string wanted;
    } const cases[] = {{0, own + "undionly.kpxe"},
                       {6, own + "uki_ia32.efi"},
                       {7, own + "uki.efi"},
                       {9, own + "uki.efi"},
                       {10, own + "uki_arm.efi"},
                       {11, own + "uki_aa64.efi"},
                       {15, url + own + "uki_ia32.efi"},
                       {16, url + own + "uki.efi"},
                       {18, url + own + "uki_arm.efi"},
                       {19, url + own + "uki_aa64.efi"},
                       {20, url + own + "undionly.kpxe"}};
    for (const auto& c : cases) {
        CAPTURE(c.number);
        auto p = packet_of(c.number < 15 ? ovmf_discover : ovmf_http_discover);
        p.set(option_code::architecture, {0, c.number});
        CHECK(told(s.decided(p, s.from(67))) == c.wanted);
        auto reply = s.reply(p);
        CHECK((reply.file == c.wanted));
        CHECK((dhcp::text_in(reply, option_code::vendor_class) ==
               (c.number < 15 ? "PXEClient" : "HTTPClient")));
    }
    auto p = packet_of(ovmf_http_discover);
    p.set(option_code::architecture, "00 07"_hex);
    CHECK(told(s.decided(p, s.from(67))) == url + own + "uki.efi");  // the class says how
    p = packet_of(ovmf_discover);
    p.set(option_code::architecture, "00 10"_hex);
    CHECK(told(s.decided(p, s.from(67))) == "silence: does not say a known firmware architecture");
    for (std::uint8_t number : "01 02 29"_hex) {
        p.set(option_code::architecture, {0, number});
        CHECK(told(s.decided(p, s.from(67))).starts_with("silence: nothing fits its firmware"));
    }
}

TEST_CASE(
    "a locally administered MAC is a host like any other, found by chaddr and not by who sent the frame") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.chaddr[0] = 0x02;
    s.host.mac = {*mac_address::parse("02:54:00:0a:00:01")};
    auto in = s.from(67);
    in.source = ipv4_address::of(10, 0, 0, 77);  // a relay's, a bridge's
    boot_table table;
    table.set(s.host);
    auto who = dhcp::classify(p);
    CHECK(told(decide(table.find(*who.mac), who, request_of(p, in), s.us)) == "b/" + token + "/uki.efi");
}

TEST_CASE("unknown MACs and silent hosts get silence") {
    scene s(stage::silent);
    CHECK(told(s.decided(ovmf_discover)) == "silence: is not to be answered");
    CHECK(told(s.decided(ovmf_boot_server_request, 4011)) == "silence: is not to be answered");
    auto p = packet_of(ovmf_discover);
    auto unknown = decide(nullptr, dhcp::classify(p), request_of(p, s.from(67)), s.us);
    CHECK(told(unknown) == "silence: not in the inventory");
}

TEST_CASE("what is no boot client is left alone, and so is one without a known architecture") {
    scene s;
    CHECK(told(s.decided(udhcpc_discover)) == "silence: does not ask for a network boot");
    auto p = packet_of(ovmf_discover);
    p.remove(option_code::architecture);
    CHECK(told(s.decided(p, s.from(67))) == "silence: does not say a known firmware architecture");
}

TEST_CASE("firmware that hides its MAC behind its GUID is told apart from an unknown host") {
    scene s;
    auto data = ovmf_discover;
    data[2] = 16;
    auto p = packet_of(data);
    CHECK(told(decide(nullptr, dhcp::classify(p), request_of(p, s.from(67)), s.us)).find("hides its MAC") !=
          std::string::npos);
}

TEST_CASE("arm64 gets arm64 objects or nothing, never the x64 ones") {
    scene s;
    CHECK(told(s.decided(u_boot_discover)) == "b/" + token + "/snponly_aa64.efi");
    s.host.objects["uki_aa64.efi"] = content_of("uki");
    CHECK(told(s.decided(u_boot_discover)) == "b/" + token + "/uki_aa64.efi");
    s.host.stage = stage::local;
    CHECK(told(s.decided(u_boot_discover)) == "silence: nothing fits its firmware: local_aa64.efi");
}

TEST_CASE("the form of the first program can be forced per host") {
    scene s;
    s.host.nbp = nbp_kind::ipxe;
    CHECK(told(s.decided(ovmf_discover)) == "b/" + token + "/snponly.efi");
    CHECK(told(s.decided(ovmf_http_discover)) == url + "b/" + token + "/snponly.efi");
    s.host.nbp = nbp_kind::grub;
    CHECK(told(s.decided(bios_rom_discover)) == "b/" + token + "/grub.0");
    CHECK(told(s.decided(ovmf_discover)) == "b/" + token + "/grub.efi");
    CHECK(told(s.decided(ipxe_bios_discover)) == "b/" + token + "/grub.0");  // an iPXE ROM can start it
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "b/" + token + "/script.ipxe");
    s.host.nbp = nbp_kind::undionly;
    CHECK(told(s.decided(bios_rom_discover)) == "b/" + token + "/undionly.kpxe");
    CHECK(told(s.decided(ipxe_bios_discover)) == url + "b/" + token + "/script.ipxe");  // else: a loop
    s.host.nbp = nbp_kind::uki;
    s.host.objects.erase("uki.efi");
    CHECK(told(s.decided(ovmf_discover)) == "silence: nothing fits its firmware: uki.efi");
}

TEST_CASE("iPXE without a script starts the UKI under UEFI and has nothing under BIOS") {
    scene s;
    s.host.objects.erase("script.ipxe");
    CHECK(told(s.decided(ipxe_uefi_discover)) == url + "b/" + token + "/uki.efi");
    CHECK(told(s.decided(ipxe_bios_discover)) == "silence: nothing fits its firmware: script.ipxe");
}

TEST_CASE("the loop iPXE to iPXE is broken: the second stage gets a script, never another iPXE") {
    scene s;
    s.host.nbp = nbp_kind::ipxe;
    auto p = packet_of(ovmf_discover);
    for (auto name : {"iPXE", "landscaper"}) {
        p.set(option_code::user_class, dhcp::text_value(name));
        CHECK(told(s.decided(p, s.from(67))) == url + "b/" + token + "/script.ipxe");
    }
}

TEST_CASE("the reply style is by class, and the host's own where it is set") {
    scene s;
    CHECK(style_of(s.decided(ovmf_discover)) == reply_style::port_4011);
    CHECK(style_of(s.decided(bios_rom_discover)) == reply_style::direct);
    s.host.style = reply_style::direct;
    CHECK(style_of(s.decided(ovmf_discover)) == reply_style::direct);
    s.host.style = reply_style::port_4011;
    CHECK(style_of(s.decided(bios_rom_discover)) == reply_style::port_4011);
    CHECK(style_of(s.decided(ovmf_http_discover)) == reply_style::direct);
    CHECK(style_of(s.decided(ipxe_bios_discover)) == reply_style::direct);
}

TEST_CASE("a proxy leaves REQUESTs for the site's server alone and answers those for itself") {
    scene s;
    CHECK(told(s.decided(ovmf_request)) == "silence: takes its address from another DHCP server");
    auto p = packet_of(ovmf_request);
    p.set(option_code::server_id, dhcp::address_value(s.us.address));
    CHECK(std::get<tell>(s.decided(p, s.from(67))).type == dhcp::message_type::ack);
    p.remove(option_code::server_id);
    CHECK(told(s.decided(p, s.from(67))) == "silence: asks nothing of us");
}

TEST_CASE("INFORM is answered on both ports, everything else is not") {
    scene s;
    auto p = packet_of(ovmf_boot_server_request);
    for (std::uint8_t type = 0; type <= 8; ++type) {
        p.set(option_code::message_type, dhcp::u8_value(type));
        CHECK(std::holds_alternative<tell>(s.decided(p, s.from(4011))) == (type == 3 || type == 8));
        CHECK(std::holds_alternative<tell>(s.decided(p, s.from(67))) == (type == 1 || type == 8));
    }
}

TEST_CASE("a reply is never answered") {
    scene s;
    auto p = packet_of(ovmf_discover);
    p.op = 2;
    CHECK(told(s.decided(p, s.from(67))) == "silence: asks nothing of us");
    CHECK(told(s.decided(p, s.from(4011))) == "silence: asks nothing of us");
}

TEST_CASE("boot integrity credentials are nobody's business here") {
    scene s;
    auto p = packet_of(ovmf_boot_server_request);
    p.set(option_code::vendor_specific, "47 04 00 01 80 00 ff"_hex);
    CHECK(told(s.decided(p, s.from(4011))) == "silence: asks nothing of us");
    p.set(option_code::vendor_specific, "47 04 00 01 00 00 ff"_hex);
    CHECK(std::holds_alternative<tell>(s.decided(p, s.from(4011))));
}

TEST_CASE(
    "closed interfaces, dhcp: off, a first landscaper and missing addresses mean silence on both ports") {
    scene s;
    auto both = [&](std::string_view why) {
        CHECK(told(s.decided(ovmf_discover)) == "silence: " + std::string(why));
        CHECK(told(s.decided(ovmf_boot_server_request, 4011)) == "silence: " + std::string(why));
    };
    s.us.interface_allowed = false;
    both("came in on an interface that the inventory does not name");
    s.us.interface_allowed = true;
    s.network.mode = dhcp_mode::off;
    both("DHCP is off");
    s.network.mode = dhcp_mode::proxy;
    s.us.yields = true;
    both("another landscaper was first on this segment");
    s.us.yields = false;
    s.us.address = {};
    both("came in on an interface without an IPv4 address");
}

TEST_CASE("our own packets, and relays that claim one of our addresses, are not answered") {
    scene s;
    auto p = packet_of(ovmf_discover);
    auto in = s.from(67);
    in.source = s.us.address;
    CHECK(told(s.decided(p, in)) == "silence: is our own packet");
    p.giaddr = ipv4_address::of(127, 0, 0, 1);
    CHECK(told(s.decided(p, s.from(67))) == "silence: is our own packet");
}

TEST_CASE("a Raspberry Pi is not given a BIOS program") {
    scene s;
    auto data = bios_rom_discover;
    for (std::size_t i = 0; auto byte : "dc a6 32 00 00 01"_hex) data[28 + i++] = byte;
    CHECK(told(s.decided(data)) == "silence: nothing fits its firmware: anything for a Raspberry Pi");
}
