#include "pxe/http/etag.hpp"

#include <doctest/doctest.h>

using namespace pxe::http;
using landscaper::content;
using landscaper::file_extent;
using landscaper::literal;
using landscaper::zero_extent;

TEST_CASE("the same parts of the same files have the same tag, anything else another") {
    auto file = std::make_shared<landscaper::open_file>();
    file->size = 100;
    std::string version = "1";
    auto tag = [&](std::vector<landscaper::extent> parts) {
        return etag_of(content(std::move(parts)), [&](const auto&) { return version; });
    };
    auto plain = tag({file_extent{file, 0, 100}, zero_extent{5}, literal({1, 2})});
    CHECK(plain.size() == 34);
    CHECK(plain.front() == '"');
    CHECK(plain == tag({file_extent{file, 0, 100}, zero_extent{5}, literal({1, 2})}));
    CHECK(plain != tag({file_extent{file, 0, 99}, zero_extent{6}, literal({1, 2})}));
    CHECK(plain != tag({file_extent{file, 0, 100}, zero_extent{5}, literal({1, 3})}));
    version = "2";
    CHECK(plain != tag({file_extent{file, 0, 100}, zero_extent{5}, literal({1, 2})}));
}
