#include "landscaper/base/content.hpp"

#include <doctest/doctest.h>

#include <random>

#include "landscaper/base/overloaded.hpp"

using namespace landscaper;

// A file extent is put together as the low bytes of its offsets.
static bytes put_together(const std::vector<extent>& extents) {
    bytes out;
    for (const auto& e : extents) {
        for (std::uint64_t i = 0; i < length_of(e); ++i) {
            out.push_back(
                std::visit(overloaded{
                               [](const zero_extent&) { return std::uint8_t{0}; },
                               [&](const literal_extent& l) { return (*l.data)[l.offset + i]; },
                               [&](const file_extent& f) { return static_cast<std::uint8_t>(f.offset + i); },
                           },
                           e));
        }
    }
    return out;
}

static content random_content(std::mt19937& random) {
    auto file = std::make_shared<open_file>();
    std::vector<extent> extents;
    for (auto count = random() % 6; count > 0; --count) {
        auto length = random() % 20;
        switch (random() % 3) {
            case 0: extents.push_back(zero_extent{length}); break;
            case 1: extents.push_back(file_extent{file, random() % 1000, length}); break;
            default: extents.push_back(literal(bytes(length, static_cast<std::uint8_t>(random()))));
        }
    }
    return content(std::move(extents));
}

TEST_CASE("any slice is that part of the whole") {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        auto c = random_content(random);
        auto whole = put_together(c.extents());
        REQUIRE(whole.size() == c.size());
        for (std::uint64_t offset = 0; offset <= c.size() + 2; ++offset) {
            auto length = random() % 40;
            auto begin = std::min<std::uint64_t>(offset, whole.size());
            auto end = std::min<std::uint64_t>(begin + length, whole.size());
            CHECK(put_together(c.slice(offset, length)) ==
                  bytes(whole.begin() + static_cast<std::ptrdiff_t>(begin),
                        whole.begin() + static_cast<std::ptrdiff_t>(end)));
        }
    }
}

TEST_CASE("slices have no empty extents, and lengths beyond the end are clipped") {
    content c({zero_extent{0}, literal({1, 2}), zero_extent{0}, zero_extent{5}});
    CHECK(c.extents().size() == 2);
    CHECK(c.size() == 7);
    CHECK(c.slice(2, 0).empty());
    CHECK(c.slice(7, 10).empty());
    CHECK(c.slice(2, UINT64_MAX) == std::vector<extent>{zero_extent{5}});
    CHECK(content().slice(0, 10).empty());
}

TEST_CASE("beyond 4 GiB") {
    auto file = std::make_shared<open_file>();
    constexpr auto gib = std::uint64_t{1} << 30;
    content c({file_extent{file, 0, 5 * gib}, zero_extent{5 * gib}});
    CHECK(c.size() == 10 * gib);
    CHECK(c.slice(5 * gib - 1, 2) == std::vector<extent>{file_extent{file, 5 * gib - 1, 1}, zero_extent{1}});
}
