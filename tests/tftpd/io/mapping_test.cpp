#include "tftpd/io/mapping.hpp"

#include <doctest/doctest.h>

#include "../support/model_client.hpp"
#include "landscaper/async/file.hpp"

using namespace tftpd;
using namespace tftpd::test;

TEST_CASE("a file is mapped once, for as long as somebody holds it") {
    auto file = landscaper::sealed_memfd("f", sample_bytes(5000)).value();
    mappings all;
    auto first = all.of(file);
    REQUIRE(first);
    CHECK(first->file() == file.get());
    CHECK(all.of(file) == first);
    std::weak_ptr<const mapping> gone = first;
    first.reset();
    CHECK(gone.expired());
    CHECK(all.of(file) != nullptr);
}

TEST_CASE("an empty file is not mapped") {
    auto file = landscaper::sealed_memfd("f", {}).value();
    CHECK(mappings().of(file) == nullptr);
}

TEST_CASE("pages that are let go of come back with the same bytes") {
    auto data = sample_bytes(std::size_t{9} << 20);
    auto map = mapping::make(landscaper::sealed_memfd("f", data).value());
    REQUIRE(map);
    for (int i = 0; i < 20; ++i) map->use(std::size_t{1} << 20);
    CHECK(std::equal(data.begin(), data.end(), map->data()));
}
