#include "tftpd/netascii.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace tftpd;
using landscaper::as_bytes;
using namespace std::literals;

// All blocks of `size` bytes, until one is short.
static std::vector<std::string> blocks_of(std::string_view file, std::size_t size) {
    std::vector<std::string> out;
    netascii_place place;
    do {
        std::string block(size, '?');
        auto input = as_bytes(file.substr(place.offset, size));
        auto made = put_netascii(place, input, {reinterpret_cast<std::uint8_t*>(block.data()), size});
        block.resize(made.size);
        place = made.after;
        out.push_back(block);
    } while (out.back().size() == size);
    return out;
}

TEST_CASE("LF becomes CR LF and CR becomes CR NUL") {
    CHECK(blocks_of("a\nb\rc\r\n"sv, 64) == std::vector<std::string>{"a\r\nb\r\0c\r\0\r\n"s});
}

TEST_CASE("a pair that is cut by a block's end goes on in the next") {
    CHECK(blocks_of("abc\nd"sv, 4) == std::vector<std::string>{"abc\r", "\nd"});
    CHECK(blocks_of("abc\n"sv, 4) == std::vector<std::string>{"abc\r", "\n"});
    CHECK(blocks_of("ab\n"sv, 4) == std::vector<std::string>{"ab\r\n", ""});
    CHECK(blocks_of(""sv, 4) == std::vector<std::string>{""});
}

TEST_CASE("the same place makes the same block again") {
    netascii_place place{1, std::uint8_t{'\n'}};
    std::array<std::uint8_t, 4> one{}, two{};
    auto first = put_netascii(place, as_bytes("xyz"), one);
    auto again = put_netascii(place, as_bytes("xyz"), two);
    CHECK(one == two);
    CHECK(first.after == again.after);
    CHECK(first.after == netascii_place{4, {}});
}
