#include "landscaper/nix/command.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using nix::nix_errc;

TEST_CASE("Nix from 2.8 on is good enough") {
    CHECK(nix::parse_version("nix (Nix) 2.8.0\n").value() == "2.8.0");
    CHECK(nix::parse_version("nix (Nix) 2.24.11\n").value() == "2.24.11");
    CHECK(nix::parse_version("nix (Nix) 3.0\n").has_value());
    CHECK(nix::parse_version("nix (Lix, like Nix) 2.91.0\n").has_value());
    CHECK(nix::parse_version("nix (Nix) 2.7.0\n").error().code() == nix_errc::too_old);
    CHECK(nix::parse_version("nix (Nix) two").error().code() == nix_errc::bad_output);
    CHECK(nix::parse_version("").error().code() == nix_errc::bad_output);
}

TEST_CASE("a store path is a hash and a name, nothing behind it") {
    std::string path = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x-1.0";
    CHECK(nix::is_store_path(path));
    CHECK(nix::hash_part(path) == "m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg");
    for (auto bad : {path + "/bin", path + "'", std::string("/nix/store/short-x"), std::string("/nix/store/"),
                     std::string("/nix/store/E5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x"), path + "\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(nix::is_store_path(bad));
        CHECK(nix::hash_part(bad).empty());
    }
}

TEST_CASE("a Nix child is the first to go when memory ends") {
    auto argv = nix::kindly({"nix", "copy"});
    CHECK(argv.front() == "choom");
    CHECK(argv.back() == "copy");
}
