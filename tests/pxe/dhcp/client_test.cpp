#include "pxe/dhcp/client.hpp"

#include <doctest/doctest.h>

#include "pxe/dhcp/packet.hpp"
#include "tests/pxe/dhcp/fixtures.hpp"

using namespace pxe::dhcp;
using namespace pxe::fixtures;
using landscaper::mac_address;

static client client_of(const bytes& data) {
    return classify(decode(data).value());
}
static client client_with(option_code code, bytes value) {
    auto p = decode(ovmf_discover).value();
    p.set(code, std::move(value));
    return classify(p);
}

TEST_CASE("OVMF is UEFI x64 over PXE") {
    auto who = client_of(ovmf_discover);
    CHECK(who.kind == client_class::pxe);
    CHECK(who.arch->number == 7);
    CHECK(who.is_uefi());
    CHECK_FALSE(who.is_ipxe);
    CHECK(who.mac == mac_address::parse("52:54:00:0a:00:01"));
    CHECK(who.uuid.has_value());
    CHECK(who.machine_id.size() == 17);
    CHECK(who.type == message_type::discover);
}

TEST_CASE("OVMF HTTP Boot is UEFI x64 over HTTP, garbage in its option 55 or not") {
    auto who = client_of(ovmf_http_discover);
    CHECK(who.kind == client_class::http);
    CHECK(who.arch->number == 16);
    CHECK(who.arch->over_http);
    CHECK(who.is_uefi());
}

TEST_CASE("iPXE is known by raw, length-prefixed and listed user classes, and by option 175") {
    CHECK(client_of(ipxe_bios_discover).is_ipxe);
    CHECK(client_of(ipxe_uefi_discover).is_ipxe);
    CHECK(client_with(option_code::user_class, "04 69 50 58 45"_hex).is_ipxe);
    CHECK(client_with(option_code::user_class, "01 41 04 69 50 58 45"_hex).is_ipxe);
    CHECK(client_with(option_code::ipxe, "13 01 01"_hex).is_ipxe);
    CHECK_FALSE(client_with(option_code::user_class, "09 69 50 58 45"_hex).is_ipxe);
    CHECK_FALSE(client_with(option_code::user_class, "04 69 50 58 46"_hex).is_ipxe);
}

TEST_CASE("our own second stage is told from any iPXE") {
    auto who = client_with(option_code::user_class, text_value("landscaper"));
    CHECK(who.is_second_stage);
    CHECK(who.is_ipxe);
    CHECK_FALSE(client_of(ipxe_uefi_discover).is_second_stage);
}

TEST_CASE("anything but PXEClient and HTTPClient is left alone") {
    CHECK(client_of(udhcpc_discover).kind == client_class::none);
    CHECK(client_with(option_code::vendor_class, text_value("MSFT 5.0")).kind == client_class::none);
    auto u_boot = client_with(option_code::vendor_class, text_value("U-Boot.armv8"));
    CHECK(u_boot.is_u_boot);
    CHECK(u_boot.kind == client_class::none);
}

TEST_CASE("the first known architecture of a list counts") {
    CHECK(client_with(option_code::architecture, "01 00 00 07"_hex).arch->number == 7);
    CHECK(client_with(option_code::architecture, "00 09"_hex).is_uefi());
    CHECK(client_of(u_boot_discover).arch->suffix == "_aa64");
}

TEST_CASE("an odd, empty, unknown or missing architecture is none") {
    CHECK(client_with(option_code::architecture, "00 07 00"_hex).arch == nullptr);
    CHECK(client_with(option_code::architecture, {}).arch == nullptr);
    CHECK(client_with(option_code::architecture, "12 34"_hex).arch == nullptr);
    CHECK(client_of(udhcpc_discover).arch == nullptr);
}

TEST_CASE("option 97 is echoed only as 17 bytes of type 0, and is no UUID when all alike") {
    auto zeros = bytes(17, 0);
    CHECK(client_with(option_code::machine_id, zeros).machine_id == zeros);
    CHECK_FALSE(client_with(option_code::machine_id, zeros).uuid);
    auto ones = bytes(17, 0xff);
    CHECK(client_with(option_code::machine_id, ones).machine_id.empty());
    ones[0] = 0;
    CHECK_FALSE(client_with(option_code::machine_id, ones).uuid);
    CHECK(client_with(option_code::machine_id, bytes(5, 0)).machine_id.empty());
    CHECK(client_of(u_boot_discover).machine_id.empty());
}

TEST_CASE("EDK2 that hides its MAC behind the GUID has none") {
    auto data = ovmf_discover;
    data[2] = 16;
    CHECK_FALSE(client_of(data).mac);
}

TEST_CASE("a multicast or zero chaddr is no MAC") {
    auto data = ovmf_discover;
    data[28] = 0x53;
    CHECK_FALSE(client_of(data).mac);
}

TEST_CASE("EDK2's 65280 in option 57 means 1472; less than 576 means 576") {
    CHECK(client_of(ovmf_request).max_reply == 1472 - 28);
    CHECK(client_of(ovmf_discover).max_reply == 1472 - 28);
    CHECK(client_with(option_code::max_message_size, "00 40"_hex).max_reply == 548);
    CHECK(client_with(option_code::max_message_size, "00"_hex).max_reply == 548);
}

TEST_CASE("a BIOS ROM gets 548 bytes whatever it claims, its iPXE what it claims") {
    CHECK(client_of(bios_rom_discover).max_reply == 548);
    CHECK(client_of(ipxe_bios_discover).max_reply == 1444);
}

TEST_CASE("a Raspberry Pi says BIOS and is none") {
    auto data = bios_rom_discover;
    for (std::size_t i = 0; auto byte : "dc a6 32 00 00 01"_hex) data[28 + i++] = byte;
    CHECK(client_of(data).is_raspberry_pi);
    CHECK_FALSE(client_of(bios_rom_discover).is_raspberry_pi);
}

TEST_CASE("the vendor class is printable whatever was sent") {
    CHECK(client_with(option_code::vendor_class, "ff 1b 41"_hex).vendor_class == "\\xff\\x1bA");
}
