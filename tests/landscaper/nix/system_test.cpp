#include "landscaper/nix/system.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "landscaper/nix/command.hpp"
#include "tests/support/nix.hpp"
#include "tests/support/shell.hpp"

using namespace landscaper;

// By the real Nix.
static nlohmann::json evaluated(const std::string& expression) {
    std::string folder = "/tmp/landscaper-system-XXXXXX";
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    std::ofstream(folder + "/it.nix") << expression;
    auto said = output_of("nix-instantiate --eval --strict --json " + folder + "/it.nix");
    std::filesystem::remove_all(folder);
    auto out = nlohmann::json::parse(said, nullptr, false);
    REQUIRE_FALSE(out.is_discarded());
    return out;
}

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
    WITH_NIX
    nix::system_argument a;
    a.name = "px01";
    a.host_id = "0123456789abcdef0123456789abcdef";
    a.mac = {"52:54:00:0a:00:01"};
    a.client_key = "ssh-ed25519 AAAA";
    CHECK(evaluated(nix::to_nix(a).value()) ==
          nlohmann::json::parse(
              R"({"data":null,"disko":null,"firmware":"","gateway":"","hostId":"01234567","ip":"",)"
              R"("landscaper":{"cacheKey":"","cacheUrl":"","clientKey":"ssh-ed25519 AAAA"},)"
              R"("mac":["52:54:00:0a:00:01"],"name":"px01","nameservers":[]})"));
}

TEST_CASE("a system function gets the disko spec of a named layout, and a verbatim one as it is written") {
    WITH_NIX
    nix::system_argument a;
    a.name = "px01";
    a.layout = nix::layout_request{.layout = "mdadm-raid1", .disko = {}, .devices = {"/dev/a", "/dev/b"}};
    auto disko = evaluated(nix::to_nix(a).value())["disko"]["devices"];
    CHECK(disko["disk"]["main"]["device"] == "/dev/a");
    CHECK(disko["disk"]["disk1"]["content"]["partitions"]["ESP"]["content"]["mountpoint"] == "/boot1");
    CHECK(disko["mdadm"]["root"]["content"]["mountpoint"] == "/");
    a.layout->bios = true;
    disko = evaluated(nix::to_nix(a).value())["disko"]["devices"];
    CHECK(disko["disk"]["main"]["content"]["partitions"]["boot"]["type"] == "EF02");
    a.layout->devices = {"/dev/a\"; x"};
    CHECK(nix::to_nix(a).error().code() == nix::nix_errc::bad_layout);
    a.disko = R"({"devices":{"disk":{}}})";
    CHECK(evaluated(nix::to_nix(a).value())["disko"] == nlohmann::json::parse(a.disko));
}

// What an installed system takes from the spec: the same modules as disko's own for NixOS.
TEST_CASE("disko makes file systems of every named layout's spec, for a system that knows no disk") {
    const char* disko = std::getenv("LANDSCAPER_DISKO");
    const char* lib = std::getenv("NIXPKGS_LIB");
    WITH_NIX
    if (!disko || !lib) {
        MESSAGE("skipped: LANDSCAPER_DISKO and NIXPKGS_LIB are not set");
        return;
    }
    for (std::string layout : {"single-ext4", "btrfs", "mdadm-raid1", "lvm-thin", "zfs-mirror"}) {
        CAPTURE(layout);
        nix::system_argument a;
        a.layout = nix::layout_request{.layout = layout, .disko = {}, .devices = {"/dev/landscaper/main"}};
        if (layout.find("raid") != layout.npos || layout.find("mirror") != layout.npos) {
            a.layout->devices.push_back("/dev/landscaper/disk1");
        }
        std::string expression = R"nix(
let
  lib = import (/. + "@LIB@");
  diskoLib = import (/. + "@DISKO@/lib") { inherit lib; makeTest = null; eval-config = null; qemu-common = null; };
  made = (lib.evalModules {
    modules = [ { options.devices = lib.mkOption { type = diskoLib.toplevel; }; } { inherit ((@ARGUMENT@).disko) devices; } ];
  }).config.devices;
in builtins.filter (type: type != null) (map (one: one."/".fsType or null) made._config.fileSystems.contents))nix";
        auto put = [&](const std::string& name, const std::string& text) {
            expression.replace(expression.find(name), name.size(), text);
        };
        put("@LIB@", lib);
        put("@DISKO@", disko);
        put("@ARGUMENT@", nix::to_nix(a).value());
        auto types = evaluated(expression);
        REQUIRE(types.size() == 1);
        CHECK(types[0] == (layout == "btrfs" ? "btrfs" : layout == "zfs-mirror" ? "zfs" : "ext4"));
    }
}

TEST_CASE("a relative flake is the network folder as a plain path, and JSON stays a string") {
    auto argv = nix::build_system({".", "proxmox"}, "/net", "{ a = 1; }");
    CHECK(
        argv.back() ==
        "let host = (builtins.getFlake \"path:/net\").proxmox ({ a = 1; }); in [ host.base host.toplevel ]");
    nix::system_argument a;
    a.name = "${x}\"b";
    CHECK(nix::to_nix(a).value().find("\\\"name\\\":\\\"\\${x}\\\\\\\"b\\\"") != std::string::npos);
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
