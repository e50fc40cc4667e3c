#include "tftpd/options.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace tftpd;

static agreement agreed(std::vector<option> asked, std::uint16_t max_blksize = 1468) {
    return negotiate(asked, transfer_mode::octet, max_blksize);
}

TEST_CASE("modes are known in any case, and mail is not") {
    CHECK(parse_mode("OcTet") == transfer_mode::octet);
    CHECK(parse_mode("NETASCII") == transfer_mode::netascii);
    for (auto bad : {"mail", "", "octe", "octets", "binary"}) CHECK_FALSE(parse_mode(bad));
}

TEST_CASE("without an acceptable option there is no OACK") {
    CHECK_FALSE(agreed({}).any());
    CHECK_FALSE(agreed({{"multicast", ""}, {"blksize", "7"}, {"timeout", "0"}}).any());
}

TEST_CASE("blksize outside 8 to 65464 or not a number is ignored") {
    for (auto bad :
         {"7", "0", "65465", "-5", "abc", "", "1428x", " 1428", "+1428", "0x200", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(agreed({{"blksize", bad}}).blksize);
    }
    CHECK(agreed({{"blksize", "8"}}).blksize == 8);
    CHECK(agreed({{"blksize", "65464"}}, 65464).blksize == 65464);
}

TEST_CASE("blksize is clamped to the path and never raised above what was asked") {
    CHECK(agreed({{"blksize", "65464"}}).blksize == 1468);
    CHECK(agreed({{"blksize", "512"}}).blksize == 512);
    CHECK(blksize_for_mtu(1500, false) == 1468);
    CHECK(blksize_for_mtu(1500, true) == 1448);
    CHECK(blksize_for_mtu(65536, false) == 65464);
    CHECK(blksize_for_mtu(0, true) == 8);
}

TEST_CASE("windowsize is echoed up to 64; 0 is ignored") {
    CHECK(agreed({{"windowsize", "4"}}).windowsize == 4);
    CHECK(agreed({{"windowsize", "65535"}}).windowsize == 64);
    for (auto bad : {"0", "65536", "x"}) CHECK_FALSE(agreed({{"windowsize", bad}}).windowsize);
}

TEST_CASE("timeout is echoed exactly between 1 and 255, else ignored") {
    CHECK(agreed({{"timeout", "255"}}).timeout == 255);
    for (auto bad : {"0", "256", "-1", "1.5"}) CHECK_FALSE(agreed({{"timeout", bad}}).timeout);
}

TEST_CASE("option names match in any case, and the first of two counts") {
    CHECK(agreed({{"BlkSize", "1024"}, {"blksize", "512"}}).blksize == 1024);
    CHECK_FALSE(agreed({{"blksize", "7"}, {"blksize", "512"}}).blksize);
}

TEST_CASE("tsize is answered with 64 bits, and 0 for an empty file") {
    auto a = agreed({{"tsize", "0"}});
    CHECK(a.tsize);
    CHECK(acknowledge(a, 0).options == std::vector<option>{{"tsize", "0"}});
    CHECK(acknowledge(a, 6'000'000'000).options == std::vector<option>{{"tsize", "6000000000"}});
    CHECK_FALSE(agreed({{"tsize", "big"}}).tsize);
}

TEST_CASE("the OACK has exactly what was agreed") {
    auto a = agreed({{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}, {"utimeout", "1"}});
    CHECK(acknowledge(a, 15'367'680).options ==
          std::vector<option>{{"tsize", "15367680"}, {"blksize", "1468"}, {"windowsize", "4"}});
}

TEST_CASE("netascii goes without tsize and windowsize") {
    auto a =
        negotiate({{"tsize", "0"}, {"windowsize", "4"}, {"blksize", "1024"}}, transfer_mode::netascii, 1468);
    CHECK(a == agreement{.blksize = 1024, .windowsize = {}, .timeout = {}, .tsize = false});
}
