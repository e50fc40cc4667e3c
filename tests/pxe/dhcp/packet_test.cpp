#include "pxe/dhcp/packet.hpp"

#include <doctest/doctest.h>

#include "tests/pxe/dhcp/fixtures.hpp"

using namespace pxe::dhcp;
using namespace pxe::fixtures;
using landscaper::bytes_view;
using landscaper::ipv4_address;

static const bytes* const all_fixtures[] = {
    &ovmf_discover,      &ovmf_request,       &ovmf_boot_server_request,
    &ovmf_http_discover, &ipxe_bios_discover, &ipxe_uefi_discover,
    &bios_rom_discover,  &u_boot_discover,    &udhcpc_discover};

TEST_CASE("every field of OVMF's DISCOVER is read") {
    auto p = decode(ovmf_discover).value();
    CHECK(p.op == 1);
    CHECK(p.htype == 1);
    CHECK(p.hlen == 6);
    CHECK(p.xid == 0x5a000001);
    CHECK(p.flags == broadcast_flag);
    CHECK(p.giaddr.is_zero());
    CHECK(p.chaddr[0] == 0x52);
    CHECK(p.chaddr[5] == 0x01);
    CHECK(type_of(p) == message_type::discover);
    CHECK(text_in(p, option_code::vendor_class) == "PXEClient:Arch:00007:UNDI:003000");
    CHECK(p.find(option_code::parameter_list)->size() == 35);
}

TEST_CASE("what is decoded encodes to what decodes the same") {
    for (const auto* fixture : all_fixtures) {
        auto p = decode(*fixture).value();
        auto again = encode(p).value();
        CHECK(again.size() >= least_message);
        CHECK(decode(again).value() == p);
    }
}

TEST_CASE("no truncation crashes, and none below the cookie is a message") {
    for (const auto* fixture : all_fixtures) {
        for (std::size_t size = 0; size < fixture->size(); ++size) {
            bytes part(fixture->begin(), fixture->begin() + static_cast<std::ptrdiff_t>(size));
            auto p = decode(part);
            if (size < 240) CHECK(p.error() == packet_errc::truncated);
        }
    }
}

TEST_CASE("a message without the cookie is refused") {
    auto data = ovmf_discover;
    data[236] = 0;
    CHECK(decode(data).error() == packet_errc::no_cookie);
}

TEST_CASE("hardware lengths that cannot be are refused, EDK2's GUID of 16 bytes is not") {
    auto with_hlen = [](std::uint8_t hlen) {
        auto data = ovmf_discover;
        data[2] = hlen;
        return decode(data);
    };
    CHECK(with_hlen(17).error() == packet_errc::bad_hardware);
    CHECK(with_hlen(5).error() == packet_errc::bad_hardware);
    CHECK(with_hlen(16).has_value());
}

TEST_CASE("an option that runs past the end makes the message bad") {
    CHECK(decode(message(broadcast_fixed, "35 01 01 3c ff 50"_hex)).error() == packet_errc::bad_option);
    CHECK(decode(message(broadcast_fixed, "35"_hex)).error() == packet_errc::bad_option);
}

TEST_CASE("a missing End and pads anywhere are accepted") {
    auto p = decode(message(broadcast_fixed, "00 00 35 01 01 00 5d 02 00 07 00"_hex)).value();
    CHECK(type_of(p) == message_type::discover);
    CHECK(*p.find(option_code::architecture) == "00 07"_hex);
}

TEST_CASE("repeats of an option are joined") {
    auto p =
        decode(message(broadcast_fixed, "3c 03 50 58 45  35 01 01  3c 06 43 6c 69 65 6e 74 ff"_hex)).value();
    CHECK(text_in(p, option_code::vendor_class) == "PXEClient");
}

TEST_CASE("option 52 inside an overloaded field means nothing and is not passed on") {
    auto data = message(broadcast_fixed, "34 01 01  35 01 01 ff"_hex);
    auto file = "34 01 03  3c 01 42 ff"_hex;
    std::ranges::copy(file, data.begin() + 108);
    auto p = decode(data).value();
    CHECK(p.find(option_code::overload) == nullptr);
    CHECK(text_in(p, option_code::vendor_class) == "B");
    CHECK(decode(encode(p).value()).value() == p);
}

TEST_CASE("overloaded file and sname are read as options, in this order") {
    auto data = message(broadcast_fixed, "34 01 03  35 01 01  3c 01 41 ff"_hex);
    auto file = "3c 01 42 ff"_hex, sname = "3c 01 43 ff"_hex;
    std::ranges::copy(sname, data.begin() + 44);
    std::ranges::copy(file, data.begin() + 108);
    auto p = decode(data).value();
    CHECK(text_in(p, option_code::vendor_class) == "ABC");
    CHECK(p.file.empty());
    CHECK(p.find(option_code::overload) == nullptr);
}

TEST_CASE("unknown options survive, in their place") {
    auto p = decode(message(broadcast_fixed, "35 01 01  96 04 0a 00 00 01  e6 01 2a ff"_hex)).value();
    CHECK(p.options[1] == option{option_code{150}, "0a 00 00 01"_hex});
    CHECK(decode(encode(p).value()).value().options == p.options);
}

TEST_CASE("an option of more than 255 bytes is split") {
    packet p;
    p.set(option_code::message_type, u8_value(1)).set(option_code::relay_agent, bytes(600, 0xab));
    CHECK(decode(encode(p).value()).value() == p);
}

TEST_CASE("what does not fit after the cookie moves to file and sname") {
    packet p;
    p.set(option_code::message_type, u8_value(2));
    p.set(option_code::client_id, bytes(30, 1)).set(option_code::machine_id, bytes(90, 2));
    p.set(option_code::relay_agent, bytes(50, 3));
    auto data = encode(p, 300).value();
    CHECK(data.size() == 300);
    CHECK(decode(data).value() == p);
    p.file = "b/x/uki.efi";  // then there is room in sname only
    CHECK(encode(p, 300).error() == packet_errc::too_large);
}

TEST_CASE("a file name of 127 bytes is the longest") {
    packet p;
    p.file = std::string(200, 'f');
    CHECK(decode(encode(p).value()).value().file == std::string(127, 'f'));
}
