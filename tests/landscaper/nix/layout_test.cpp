#include "landscaper/nix/layout.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "landscaper/nix/command.hpp"

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

TEST_CASE("all four scripts are needed") {
    auto good = nix::parse_layout(
        R"({"destroy":"d","format":"f","mount":"m","unmount":"u","esp":["/dev/x1"],"root":"/dev/x2"})",
        "here");
    REQUIRE(good.has_value());
    CHECK(*good == nix::layout_result{"d", "f", "m", "u", {"/dev/x1"}, "here"});
    CHECK_FALSE(nix::parse_layout(R"({"format":"f","mount":"m","unmount":"u","esp":[]})", "").has_value());
    CHECK_FALSE(nix::parse_layout("null", "").has_value());
}
