#include "tftpd/packet.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/hex.hpp"

using namespace tftpd;
using namespace landscaper::literals;

// RRQ "b/uki.efi" octet, tsize 0, blksize 1468, windowsize 4: OVMF 2022.11, first request (a size probe).
static const bytes ovmf_probe =
    "00 01  62 2f 75 6b 69 2e 65 66 69 00  6f 63 74 65 74 00"
    "74 73 69 7a 65 00 30 00  62 6c 6b 73 69 7a 65 00 31 34 36 38 00"
    "77 69 6e 64 6f 77 73 69 7a 65 00 34 00"_hex;
// ERROR 8 "User aborted the transfer": OVMF 2022.11, to the OACK of its size probe.
static const bytes ovmf_abort =
    "00 05 00 08  55 73 65 72 20 61 62 6f 72 74 65 64 20 74 68 65 20 74 72 61 6e 73 66 65 72 00"_hex;
static const bytes ack_7 = "00 04 00 07"_hex;
static const bytes data_1 = "00 03 00 01 61 62 63"_hex;
static const bytes oack = "00 06 62 6c 6b 73 69 7a 65 00 31 34 32 38 00"_hex;

TEST_CASE("OVMF's size probe is decoded with its options in order") {
    auto p = decode(ovmf_probe);
    REQUIRE(p.has_value());
    CHECK(std::get<request>(*p) ==
          request{false, "b/uki.efi", "octet", {{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}}});
}

TEST_CASE("every kind of packet survives a round trip") {
    for (const auto& datagram : {ovmf_probe, ovmf_abort, ack_7, data_1, oack}) {
        auto p = decode(datagram);
        REQUIRE(p.has_value());
        CHECK(encode(*p) == datagram);
    }
    auto write = encode(request{true, "x", "netascii", {}});
    CHECK(std::get<request>(*decode(write)).write);
}

TEST_CASE("every truncation is decoded or refused, and never yields more than was sent") {
    for (const auto& whole : {ovmf_probe, ovmf_abort, ack_7, data_1, oack}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            auto p = decode(bytes_view(whole).first(size));
            if (p) CHECK(encode(*p).size() <= size + 1);  // an ERROR's NUL may be absent
        }
    }
}

TEST_CASE("a request needs a name and a mode, each with its NUL") {
    CHECK(decode("00 01"_hex).error() == make_error_code(packet_errc::unterminated));
    CHECK(decode("00 01 61 00 6f 63 74 65 74"_hex).error() == make_error_code(packet_errc::unterminated));
    CHECK(decode("00 01 00 6f 63 74 65 74 00"_hex).error() == make_error_code(packet_errc::empty_name));
    CHECK(decode("00"_hex).error() == make_error_code(packet_errc::too_short));
    CHECK(decode("00 09 00 00"_hex).error() == make_error_code(packet_errc::unknown_opcode));
    CHECK(decode("00 04 00"_hex).error() == make_error_code(packet_errc::too_short));
}

TEST_CASE("bytes behind the last complete option are padding") {
    auto padded = ovmf_probe;
    padded.insert(padded.end(), {0, 0, 0, 0, 'x', 0, 'y'});
    CHECK(std::get<request>(*decode(padded)).options.size() == 3);
    // An odd count of texts: the last has no value.
    auto odd = "00 01 61 00 6f 63 74 65 74 00 74 73 69 7a 65 00"_hex;
    CHECK(std::get<request>(*decode(odd)).options.empty());
}

TEST_CASE("requests above RFC 1350's 512 bytes are taken, up to 1500") {
    auto request_of = [](std::size_t size) {
        return encode(request{false, std::string(size - 9, 'n'), "octet", {}});
    };
    CHECK(request_of(1500).size() == 1500);
    CHECK(decode(request_of(1500)).has_value());
    CHECK(decode(request_of(1501)).error() == make_error_code(packet_errc::too_long));
}

TEST_CASE("an ERROR without text or NUL is still an ERROR") {
    CHECK(std::get<error_message>(*decode("00 05 00 00"_hex)) == error_message{});
    CHECK(std::get<error_message>(*decode("00 05 00 01 61"_hex)).text == "a");
}

TEST_CASE("names and texts are kept byte for byte") {
    auto odd = decode("00 01 ff fe 20 00 4f 63 54 65 54 00"_hex);
    CHECK(std::get<request>(*odd).name == "\xff\xfe ");
    CHECK(std::get<request>(*odd).mode == "OcTeT");
}
