#include "tests/pxe/dhcp/captured.hpp"

#include <algorithm>

#include "pxe/dhcp/client.hpp"
#include "pxe/dhcp/packet.hpp"

using namespace pxe::dhcp;
using namespace pxe::fixtures;
using landscaper::bytes;
using landscaper::bytes_view;

static client client_of(const std::string& name) {
    return classify(decode(captured_packet(name)).value());
}

TEST_CASE("captured OVMF over PXE: UEFI x64, and its REQUEST's 65280 bytes mean 1472") {
    for (auto name : {"ovmf-pxe-discover", "ovmf-pxe-request", "ovmf-pxe-boot-server"}) {
        CAPTURE(name);
        auto who = client_of(name);
        CHECK(who.kind == client_class::pxe);
        CHECK(who.arch->number == 7);
        CHECK_FALSE(who.is_ipxe);
        CHECK(who.mac == landscaper::mac_address::parse("52:54:00:0a:00:01"));
        CHECK(who.machine_id == bytes(17, 0));  // QEMU without a UUID
        CHECK_FALSE(who.uuid);
        CHECK(who.max_reply == 1472 - 28);
    }
    auto request = decode(captured_packet("ovmf-pxe-request")).value();
    CHECK(u16_in(request, option_code::max_message_size) == 0xff00);
    CHECK(address_in(request, option_code::server_id));
    auto boot_server = decode(captured_packet("ovmf-pxe-boot-server")).value();
    for (auto absent : {option_code::server_id, option_code::requested_address, option_code::vendor_specific})
        CHECK_FALSE(boot_server.find(absent));
    CHECK_FALSE(boot_server.ciaddr.is_zero());
    CHECK(boot_server.flags == 0);
}

TEST_CASE("captured OVMF over HTTP Boot: UEFI x64 over HTTP") {
    for (auto name : {"ovmf-http-discover", "ovmf-http-request"}) {
        CAPTURE(name);
        auto who = client_of(name);
        CHECK(who.kind == client_class::http);
        CHECK(who.arch->number == 16);
        CHECK(who.arch->over_http);
        CHECK_FALSE(who.is_ipxe);
    }
}

TEST_CASE(
    "captured iPXE, as the ROM of a BIOS machine and as snponly.efi: known by its raw user class and by "
    "option 175") {
    for (auto name :
         {"seabios-ipxe-discover", "seabios-ipxe-request", "snponly-discover", "snponly-request"}) {
        CAPTURE(name);
        auto p = decode(captured_packet(name)).value();
        CHECK(text_in(p, option_code::user_class) == "iPXE");
        CHECK(p.find(option_code::ipxe));
        CHECK(p.flags == 0);  // it wants unicast
        auto who = classify(p);
        CHECK(who.is_ipxe);
        CHECK_FALSE(who.is_second_stage);
        CHECK(who.is_uefi() == std::string(name).starts_with("snponly"));
        p.remove(option_code::user_class);
        CHECK(classify(p).is_ipxe);
        p.remove(option_code::ipxe);
        CHECK_FALSE(classify(p).is_ipxe);
    }
}

TEST_CASE("captured clients of operating systems ask for no boot") {
    for (auto name : {"udhcpc-discover", "udhcpc-request", "dhclient-discover", "dhclient-request"}) {
        CAPTURE(name);
        auto who = client_of(name);
        CHECK(who.kind == client_class::none);
        CHECK(who.arch == nullptr);
        CHECK(who.mac == landscaper::mac_address::parse("52:54:00:0a:00:90"));
    }
}

TEST_CASE("every captured packet is its own type, and encodes to what decodes the same, option for option") {
    for (const auto& c : all_captured()) {
        CAPTURE(c.name);
        auto p = decode(c.data).value();
        CHECK(type_of(p) == (c.name.ends_with("-discover") ? message_type::discover : message_type::request));
        auto again = decode(encode(p).value()).value();
        CHECK(again == p);
        CHECK(again.options == p.options);
        CHECK(std::ranges::all_of(p.options, [](const auto& o) { return is_well_formed(o.code, o.value); }));
    }
}

TEST_CASE("no truncation of a captured packet crashes, and those without a whole cookie are refused") {
    for (const auto& c : all_captured()) {
        CAPTURE(c.name);
        for (std::size_t size = 0; size < c.data.size(); ++size) {
            auto p = decode(bytes_view(c.data).first(size));
            if (size < 240) CHECK(p.error() == packet_errc::truncated);
            if (p) classify(*p);
        }
    }
}
