#include "landscaper/engine/io/journal.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "folder.hpp"

using namespace landscaper::engine;

TEST_CASE("the journal knows what was begun and not ended") {
    test_folder folder;
    auto file = folder / "j";
    {
        auto j = journal::open(file).value();
        REQUIRE(
            j.started({{{"a"}, operation::create, "1"}, {{"b", "c.d"}, operation::update, "2"}}).has_value());
        REQUIRE(j.ended({{"a"}}).has_value());
    }
    for (int i = 0; i < 2; ++i) {
        auto j = journal::open(file).value();
        REQUIRE(j.interrupted_before().size() == 1);
        auto one = j.interrupted_before().at({"b", "c.d"});
        CHECK(one.op == operation::update);
        CHECK(one.inputs_digest == "2");
    }
}

TEST_CASE("a torn last line, and lines of nonsense, say nothing") {
    test_folder folder;
    auto file = folder / "j";
    std::ofstream(file) << "{\"started\":[\"a\"],\"op\":\"create\",\"inputs\":\"1\"}\nnonsense\n{\"started\":"
                           "7}\n{\"started\":[\"b";
    auto j = journal::open(file).value();
    CHECK(j.interrupted_before().size() == 1);
    CHECK(j.interrupted_before().contains({"a"}));
}

TEST_CASE("a journal in which nothing is under way does not grow for ever") {
    test_folder folder;
    auto j = journal::open(folder / "j").value();
    for (int i = 0; i < 3000; ++i) {
        REQUIRE(j.started({{{"a"}, operation::create, std::string(64, '0')}}).has_value());
        REQUIRE(j.ended({{"a"}}).has_value());
    }
    CHECK(std::filesystem::file_size(folder / "j") < 300 * 1024);
}
