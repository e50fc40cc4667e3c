#include "tftpd/io/shared_windows.hpp"

#include <doctest/doctest.h>

#include "../support/model_client.hpp"
#include "landscaper/async/file.hpp"
#include "tftpd/packet.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

// Blocks `first` and following of `all`, as they are on the wire.
bytes datagrams_of(const bytes& all, const window_key& key) {
    bytes out;
    auto left = static_cast<std::size_t>(key.size);
    for (std::size_t i = 0, from = key.offset; i < key.count; ++i) {
        std::uint8_t header[header_size];
        put_data_header(header, static_cast<std::uint16_t>(key.first + i));
        out.insert(out.end(), header, header + header_size);
        auto here = std::min(left, key.blksize);
        out.insert(out.end(), all.begin() + static_cast<long>(from),
                   all.begin() + static_cast<long>(from + here));
        from += here;
        left -= here;
    }
    return out;
}

bool same(bytes_view a, const bytes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

TEST_CASE("a window is composed when it is asked for again, and is what the blocks are one by one") {
    auto all = sample_bytes(100'000);
    auto file = landscaper::sealed_memfd("f", all).value();
    shared_windows shared;
    for (window_key key :
         {window_key{1, 1, 0, 16 * 1428, 1, 16, 1428}, window_key{1, 1, 777, 2000, 65'530, 4, 512},
          window_key{1, 1, 99'000, 1000, 9, 3, 500}}) {
        CHECK(shared.find(key, *file).empty());
        CHECK(same(shared.find(key, *file), datagrams_of(all, key)));
        CHECK(same(shared.find(key, *file), datagrams_of(all, key)));
    }
}

TEST_CASE("nothing is taken for another window") {
    auto all = sample_bytes(100'000);
    auto file = landscaper::sealed_memfd("f", all).value();
    const window_key key{1, 1, 4096, 4 * 512, 9, 4, 512};
    auto other = [&](auto change) {
        window_key out = key;
        change(out);
        return out;
    };
    for (const auto& k : {other([](auto& o) { ++o.mapping; }), other([](auto& o) { ++o.version; }),
                          other([](auto& o) { ++o.offset; }), other([](auto& o) { --o.size; }),
                          other([](auto& o) { o.first += 65'536; }), other([](auto& o) { --o.count; }),
                          other([](auto& o) { ++o.blksize; })}) {
        shared_windows shared;
        (void)shared.find(key, *file);
        REQUIRE(!shared.find(key, *file).empty());
        CHECK(shared.find(k, *file).empty());
    }
}

TEST_CASE("what cannot be read is not composed, and what is forgotten begins anew") {
    auto all = sample_bytes(1000);
    auto file = landscaper::sealed_memfd("f", all).value();
    shared_windows shared;
    const window_key beyond{1, 1, 500, 1024, 1, 2, 512};
    for (int i = 0; i < 3; ++i) CHECK(shared.find(beyond, *file).empty());
    const window_key key{1, 1, 0, 1000, 1, 2, 512};
    (void)shared.find(key, *file);
    CHECK(!shared.find(key, *file).empty());
    shared.clear();
    CHECK(shared.find(key, *file).empty());
}
