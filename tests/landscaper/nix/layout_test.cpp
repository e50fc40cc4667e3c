#include "landscaper/nix/layout.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "landscaper/nix/command.hpp"
#include "tests/support/nix.hpp"
#include "tests/support/shell.hpp"

using namespace landscaper;
using nix::nix_errc;

TEST_CASE("the layout expression gets name and devices, the devices as a Nix list") {
    nix::layout_request request;
    request.devices = {"/dev/disk/by-id/a", "/dev/disk/by-id/b"};
    auto argv = nix::evaluate_layout({.disko = {}, .nixpkgs_lib = {}, .file = "/x/layout.nix"}, request);
    REQUIRE(argv.has_value());
    CHECK(argv->front() == "nix-instantiate");
    CHECK(argv->back() == "[ \"/dev/disk/by-id/a\" \"/dev/disk/by-id/b\" ]");
    CHECK(std::ranges::find(*argv, "/x/layout.nix") != argv->end());
}

// The value behind a word of the command line.
static std::string behind(const std::vector<std::string>& argv, const std::string& word) {
    auto found = std::ranges::find(argv, word);
    return found == argv.end() || found + 1 == argv.end() ? "" : *(found + 1);
}

TEST_CASE("the layout expression learns the firmware and the size of the boot partition") {
    nix::layout_request request;
    request.devices = {"/dev/vda"};
    nix::layout_source file{.disko = {}, .nixpkgs_lib = {}, .file = "/x/layout.nix"};
    auto argv = nix::evaluate_layout(file, request);
    REQUIRE(argv.has_value());
    CHECK(behind(*argv, "bios") == "false");
    CHECK(behind(*argv, "esp_size") == "512M");
    request.bios = true;
    request.esp_size = std::uint64_t{2} << 30;
    argv = nix::evaluate_layout(file, request);
    REQUIRE(argv.has_value());
    CHECK(behind(*argv, "bios") == "true");
    CHECK(behind(*argv, "esp_size") == "2048M");
}

TEST_CASE("disko comes before the file, and a verbatim spec needs it") {
    nix::layout_request request;
    request.devices = {"/dev/vda"};
    nix::layout_source both{.disko = "/disko", .nixpkgs_lib = "/lib", .file = "/x/layout.nix"};
    auto argv = nix::evaluate_layout(both, request);
    REQUIRE(argv.has_value());
    CHECK(std::ranges::find(*argv, "/disko") != argv->end());
    CHECK(nix::describe(both) == "disko at /disko");
    request.disko = "{}";
    nix::layout_source file{.disko = {}, .nixpkgs_lib = {}, .file = "/x/layout.nix"};
    CHECK(nix::evaluate_layout(file, request).error().code() == nix_errc::no_layout);
    CHECK(nix::evaluate_layout({}, {}).error().code() == nix_errc::no_layout);
}

TEST_CASE("neither name nor device can become Nix code") {
    nix::layout_source file{.disko = {}, .nixpkgs_lib = {}, .file = "/x/layout.nix"};
    for (const char* device : {"/dev/vda\" ]; x", "/dev/${x}", "/dev/a\\", "relative"}) {
        nix::layout_request request;
        request.devices = {device};
        CHECK(nix::evaluate_layout(file, request).error().code() == nix_errc::bad_layout);
    }
    nix::layout_request request;
    request.layout = "a b";
    CHECK(nix::evaluate_layout(file, request).error().code() == nix_errc::bad_layout);
}

namespace {

namespace fs = std::filesystem;

// A disko and a nixpkgs' lib with nothing but what the wrapper asks them for; its scripts name the devices,
// and the helper as disko's do.
struct stand_in {
    fs::path root;

    stand_in() {
        std::string pattern = "/tmp/landscaper-layout-XXXXXX";
        root = ::mkdtemp(pattern.data());
        fs::create_directories(root / "disko/lib");
        fs::create_directories(root / "lib");
        std::ofstream(root / "lib/default.nix") << R"nix({
  evalModules = { modules }: { config.devices =
    let told = (builtins.elemAt modules 1).devices; names = builtins.attrNames told.disk;
        mounts = map (name: toString (map (part: part.content.mountpoint or "none")
                                          (builtins.attrValues told.disk.${name}.content.partitions))) names;
    in { _destroy = "/nix/store/x/disk-deactivate/disk-deactivate /dev/x; echo destroyed";
         _create = "echo ${toString mounts}"; _mount = "true"; _unmount = "true"; }; };
  mkOption = x: x;
  optional = yes: x: if yes then [ x ] else [ ];
  imap0 = f: list: builtins.genList (n: f n (builtins.elemAt list n)) (builtins.length list);
  concatMapStrings = f: list: builtins.concatStringsSep "" (map f list);
})nix";
        std::ofstream(root / "disko/lib/default.nix") << "{ ... }: { toplevel = null; }";
    }
    ~stand_in() { fs::remove_all(root); }

    nix::layout_result made(const std::string& layout, std::vector<std::string> devices) const {
        nix::layout_request request;
        request.layout = layout;
        request.devices = std::move(devices);
        nix::layout_source source{(root / "disko").string(), (root / "lib").string(), {}};
        auto argv = nix::evaluate_layout(source, request);
        REQUIRE(argv.has_value());
        std::ofstream words(root / "words");
        for (const auto& word : *argv) words << word << '\0';
        words.close();
        auto line = "NIX_REMOTE=dummy:// xargs -0 -a " + (root / "words").string() + " env";
        auto out = nix::parse_layout(output_of(line), "here");
        REQUIRE_MESSAGE(out.has_value(), out.error().message());
        return *out;
    }
};

}  // namespace

TEST_CASE("an installer image without disko's disk-deactivate is told before anything is destroyed") {
    WITH_NIX
    stand_in disko;
    auto scripts = disko.made("single-ext4", {"/dev/vda"});
    CHECK(scripts.destroy.find("\n/usr/lib/landscaper/disk-deactivate/disk-deactivate /dev/x") !=
          std::string::npos);
    std::ofstream(disko.root / "script") << scripts.destroy;
    auto said = output_of("bash -e " + (disko.root / "script").string() + " 2>&1; echo status $?");
    CHECK(said ==
          "the installer image has no /usr/lib/landscaper/disk-deactivate/disk-deactivate: build it with "
          "LANDSCAPER_DISKO (iso/installer/build)\nstatus 1\n");
}

TEST_CASE("of several disks each has a boot partition of its own, with a mount point of its own") {
    WITH_NIX
    stand_in disko;
    for (const char* layout : {"mdadm-raid1", "zfs-mirror", "lvm-thin"}) {
        CAPTURE(layout);
        auto format = disko.made(layout, {"/dev/vda", "/dev/vdb"}).format;
        CHECK(format.find("/boot1 none") != std::string::npos);
        CHECK(format.find("/boot none") != std::string::npos);
    }
}

TEST_CASE("all four scripts are needed") {
    auto good = nix::parse_layout(
        R"({"destroy":"d","format":"f","mount":"m","unmount":"u","esp":["/dev/x1"],"root":"/dev/x2"})",
        "here");
    REQUIRE(good.has_value());
    CHECK(*good == nix::layout_result{"d", "f", "m", "u", {"/dev/x1"}, "here"});
    CHECK_FALSE(nix::parse_layout(R"({"format":"f","mount":"m","unmount":"u","esp":[]})", "").has_value());
    CHECK_FALSE(nix::parse_layout("null", "").has_value());
}
