#include "landscaper/nix/system.hpp"

#include <doctest/doctest.h>

#include "landscaper/nix/command.hpp"

using namespace landscaper;

TEST_CASE("a flake attribute is split at the hash") {
    CHECK(nix::parse_flake_attribute(".#proxmox").value() == nix::flake_attribute{".", "proxmox"});
    CHECK(nix::parse_flake_attribute("github:a/b#x.y-z").value() ==
          nix::flake_attribute{"github:a/b", "x.y-z"});
    for (const char* text : {"", "proxmox", "#", ".#", ".#a b", ".#a;b", ".#${x}"}) {
        CAPTURE(text);
        CHECK(nix::parse_flake_attribute(text).error().code() == nix::nix_errc::bad_system);
    }
}

TEST_CASE("a system function is called with the host's facts as JSON") {
    nix::system_argument a;
    a.name = "px01";
    a.host_id = "0123456789abcdef0123456789abcdef";
    a.mac = {"52:54:00:0a:00:01"};
    a.client_key = "ssh-ed25519 AAAA";
    CHECK(
        nix::to_json(a) ==
        R"({"data":null,"disko":null,"firmware":"","gateway":"","hostId":"01234567","ip":"",)"
        R"("landscaper":{"cacheKey":"","cacheUrl":"","clientKey":"ssh-ed25519 AAAA"},"mac":["52:54:00:0a:00:01"],)"
        R"("name":"px01","nameservers":[]})");
}

TEST_CASE("a relative flake is the network folder as a plain path, and JSON stays a string") {
    auto argv = nix::build_system({".", "proxmox"}, "/net", R"({"a":"${x}\"b"})");
    CHECK(argv.back() ==
          "let host = (builtins.getFlake \"path:/net\").proxmox (builtins.fromJSON "
          "\"{\\\"a\\\":\\\"\\${x}\\\\\\\"b\\\"}\"); in [ host.base host.toplevel ]");
}

TEST_CASE("a build yields base and toplevel, in that order") {
    std::string a = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-a",
                b = "/nix/store/n5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-b";
    auto built = nix::parse_built(R"([{"drvPath":"x","outputs":{"out":")" + a + R"("}},{"outputs":{"out":")" +
                                  b + R"("}}])");
    CHECK(built.value() == nix::system_paths{a, b});
    for (const char* text : {"[]", "[1,2]", "{}", R"([{"outputs":{}},{"outputs":{}}])",
                             R"([{"outputs":{"out":"/etc"}},{"outputs":{"out":"/etc"}}])"}) {
        CHECK_FALSE(nix::parse_built(text).has_value());
    }
}
