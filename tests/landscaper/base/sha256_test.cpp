#include "landscaper/base/sha256.hpp"

#include <doctest/doctest.h>

#include "landscaper/base/hex.hpp"

using namespace landscaper;

TEST_CASE("NIST's vectors (FIPS 180-4 examples)") {
    auto of = [](std::string_view text) { return to_hex(sha256(as_bytes(text))); };
    CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(of(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
