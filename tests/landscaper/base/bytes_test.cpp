#include "landscaper/base/bytes.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/hex.hpp"

using namespace landscaper;
using namespace landscaper::literals;

TEST_CASE("integers are read in either order, front to back") {
    auto data = "01 0203 04050607 0201 07060504 0f0e0d0c0b0a0908"_hex;
    reader in(data);
    CHECK(in.u8() == 0x01);
    CHECK(in.be16() == 0x0203);
    CHECK(in.be32() == 0x04050607);
    CHECK(in.le16() == 0x0102);
    CHECK(in.le32() == 0x04050607);
    CHECK(in.le64() == 0x08090a0b0c0d0e0f);
    CHECK(in.left() == 0);
    CHECK(!in.failed());
}

TEST_CASE("a read past the end yields zero and stays failed, at every truncation") {
    auto data = "01 0203 04050607 0201 07060504 0f0e0d0c0b0a0908"_hex;
    for (std::size_t size = 0; size < data.size(); ++size) {
        reader in(bytes_view(data).first(size));
        in.u8(), in.be16(), in.be32(), in.le16(), in.le32();
        CHECK(in.le64() == 0);
        CHECK(in.failed());
        CHECK(in.u8() == 0);
        CHECK(in.take(0).empty());
        CHECK(in.failed());
    }
}

TEST_CASE("nothing more can be read after a failure, even what would fit") {
    auto data = "010203"_hex;
    reader in(data);
    CHECK(in.be32() == 0);
    CHECK(in.u8() == 0);
    CHECK(in.left() == 0);
}

TEST_CASE("taking everything, and taking nothing, are no failures") {
    auto data = "010203"_hex;
    reader in(data);
    CHECK(in.take(3).size() == 3);
    CHECK(in.take(0).empty());
    CHECK(!in.failed());
    CHECK(in.take(SIZE_MAX).empty());
    CHECK(in.failed());
}

TEST_CASE("a text ends at its NUL, and without one the reader is failed") {
    auto data = "61 62 00 00 63"_hex;
    reader in(data);
    CHECK(in.cstring() == "ab");
    CHECK(in.cstring() == "");
    CHECK(in.left() == 1);
    CHECK(in.cstring() == "");
    CHECK(in.failed());
    reader nothing{bytes_view()};
    CHECK(nothing.cstring() == "");
    CHECK(nothing.failed());
}

TEST_CASE("what is written can be read") {
    writer out;
    out.u8(1).be16(0x0203).be32(0x04050607).le16(0x0102).le32(0x04050607).le64(0x08090a0b0c0d0e0f);
    CHECK(out.data() == "01 0203 04050607 0201 07060504 0f0e0d0c0b0a0908"_hex);
    CHECK(out.size() == 21);
    out.put("ab").put(bytes_view("ff"_hex)).zeros(2);
    CHECK(to_hex(bytes_view(out.data()).subspan(21)) == "6162ff0000");
}

TEST_CASE("alignment adds the missing zeros and none at a multiple") {
    writer out;
    CHECK(out.align(4).size() == 0);
    CHECK(out.u8(1).align(4).size() == 4);
    CHECK(out.align(4).size() == 4);
    CHECK(out.align(1).size() == 4);
    CHECK(out.finish() == "01000000"_hex);
}
