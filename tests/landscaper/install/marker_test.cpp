#include "landscaper/install/marker.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/hex.hpp"

using namespace landscaper;
using namespace landscaper::install;
using namespace landscaper::literals;

namespace {

marker sample() {
    marker m;
    m.state = marker_state::open;
    for (std::uint8_t i = 0; i < 16; ++i) {
        m.rack[i] = i;
        m.host[i] = static_cast<std::uint8_t>(0x10 + i);
        m.nonce[i] = static_cast<std::uint8_t>(0x20 + i);
    }
    m.key_id.fill(0xab);
    m.time = 1700000000;
    return m;
}

}  // namespace

TEST_CASE("the marker's bytes are as contract 4 says") {
    auto block = encode(sample());
    REQUIRE(block.size() == 4096);
    // magic, version 1, state 1, zero
    CHECK(bytes(block.begin(), block.begin() + 16) == "4c414e4453434150 0100 0100 00000000"_hex);
    CHECK(
        bytes(block.begin() + 16, block.begin() + 64) ==
        "000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f 202122232425262728292a2b2c2d2e2f"_hex);
    CHECK(bytes(block.begin() + 96, block.begin() + 104) == "00f1536500000000"_hex);
    auto sum = sha256(bytes_view(block).first(480));
    CHECK(bytes(block.begin() + 480, block.begin() + 512) == bytes(sum.begin(), sum.end()));
    CHECK(bytes(block.begin() + 512, block.end()) == bytes(4096 - 512));
}

TEST_CASE("a marker is read back as it was written, in both states") {
    for (auto state : {marker_state::open, marker_state::finished}) {
        auto m = sample();
        m.state = state;
        CHECK(decode_marker(encode(m)).value() == m);
    }
}

TEST_CASE("any changed bit is damage, never another marker") {
    auto block = encode(sample());
    for (std::size_t at = 8; at < block.size(); at += at < 600 ? 1 : 97) {
        auto bad = block;
        bad[at] ^= 0x10;
        CHECK(decode_marker(bad).error().code() == marker_errc::damaged);
    }
    block[0] ^= 1;
    CHECK(decode_marker(block).error().code() == marker_errc::absent);
}

TEST_CASE("every truncation is refused") {
    auto block = encode(sample());
    for (std::size_t length = 0; length < block.size(); length += length < 600 ? 1 : 501) {
        CHECK_FALSE(decode_marker(bytes_view(block).first(length)).has_value());
    }
}

TEST_CASE("ids are 32 hexadecimal digits") {
    CHECK(to_text(sample().host) == "101112131415161718191a1b1c1d1e1f");
    CHECK(parse_id("101112131415161718191a1b1c1d1e1f") == sample().host);
    CHECK_FALSE(parse_id("10 11 12131415161718191a1b1c1d1e1").has_value());
    CHECK_FALSE(parse_id("").has_value());
}
