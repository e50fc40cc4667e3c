#include "landscaper/nix/closure.hpp"

#include <doctest/doctest.h>

#include "landscaper/nix/command.hpp"

using namespace landscaper;

namespace {

const std::string a = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-a";
const std::string b = "/nix/store/n5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-b";

}  // namespace

TEST_CASE("path-info of Nix 2.8 is an array, of 2.19 and newer an object") {
    auto old = nix::parse_path_info(R"([{"path":")" + a + R"(","narSize":120,"references":[]},{"path":")" +
                                    b + R"(","narSize":8,"narHash":"sha256:x","valid":true}])");
    REQUIRE(old.has_value());
    CHECK(old->nar_size() == 128);
    auto newer = nix::parse_path_info(R"({")" + a + R"(":{"narSize":120},")" + b + R"(":{"narSize":8}})");
    REQUIRE(newer.has_value());
    CHECK(newer->sizes == old->sizes);
}

TEST_CASE("anything else is refused") {
    for (const char* text :
         {"", "[]", "{}", "[1]", R"([{"path":"x","narSize":1}])", R"({"/etc":{"narSize":1}})",
          R"([{"path":"/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-a","narSize":-1}])",
          R"({"/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-a":null})"}) {
        CAPTURE(text);
        CHECK(nix::parse_path_info(text).error().code() == nix::nix_errc::bad_output);
    }
}
