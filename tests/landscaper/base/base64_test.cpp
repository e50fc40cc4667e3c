#include "landscaper/base/base64.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace landscaper;

static bytes of(std::string_view text) {
    auto view = as_bytes(text);
    return bytes(view.begin(), view.end());
}

TEST_CASE("the vectors of RFC 4648 section 10, both ways") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
        CHECK(to_base64(of(plain)) == coded);
        CHECK(from_base64(coded) == of(plain));
    }
}

TEST_CASE("random bytes of every length survive") {
    std::mt19937 random(1);
    for (std::size_t size = 0; size < 200; ++size) {
        bytes data(size);
        for (auto& byte : data) byte = static_cast<std::uint8_t>(random());
        CHECK(from_base64(to_base64(data)) == data);
    }
}

TEST_CASE("only the one true text of some bytes is accepted") {
    for (const auto* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm9v=", "Zm 9v", "Zm9v\n",
                             "Zh==", "Zm9=", "Zg==Zg==", "Zm9-", "Zm9_", "Z=g=", "\xc3\xa9zz"}) {
        CAPTURE(text);
        CHECK(!from_base64(text));
    }
    CHECK(!from_base64(std::string_view("Zm\0v", 4)));
}
