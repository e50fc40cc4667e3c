#include "landscaper/install/system.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::install;

namespace {

const std::string top = "/nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-px01";
const std::string old = "/nix/store/n5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-nixos-system-base";

system_plan plan() {
    system_plan p;
    p.name = "px01";
    p.toplevel = top;
    p.cache_url = "http://10.0.0.2:8069/cache";
    p.cache_key = "landscaper-r:AAAA";
    p.activation = "5.1";
    return p;
}

const system_step& row(std::string_view name) {
    return *ssh::find_step<system_plan>(system_steps(), name);
}

std::string way(bool needs_reboot) {
    auto p = plan();
    p.needs_reboot = needs_reboot;
    std::string out;
    for (auto at = next_system_step(p, ""); !at.empty(); at = next_system_step(p, at))
        out += std::string(at) + " ";
    return out;
}

const std::string running = "landscaper-proof generation 2\nlandscaper-proof profile " + top +
                            "\nlandscaper-proof current " + top +
                            "\nlandscaper-proof kernel /nix/store/k/bzImage /nix/store/k/bzImage\n"
                            "landscaper-proof initrd /nix/store/i/initrd /nix/store/i/initrd\n"
                            "landscaper-proof boot_id b\n";

}  // namespace

TEST_CASE("a host is rebooted once, and only when its kernel or initrd changes") {
    CHECK(way(false) == "copy compare activate confirm generation ");
    CHECK(way(true) == "copy compare activate restart generation ");
}

TEST_CASE("every way names rows of the table") {
    auto p = plan();
    for (bool reboot : {false, true}) {
        p.needs_reboot = reboot;
        for (auto at = next_system_step(p, ""); !at.empty(); at = next_system_step(p, at)) {
            CHECK(ssh::find_step<system_plan>(system_steps(), at) != nullptr);
        }
    }
}

TEST_CASE("what the comparison says is learnt through the ledger's text") {
    auto p = plan();
    auto proof = row("compare").prove(p, "landscaper-proof reboot yes\nlandscaper-proof previous " + old +
                                             "\nlandscaper-proof boot_id b\n");
    REQUIRE(proof.has_value());
    REQUIRE(row("compare").learn(p, *proof).has_value());
    CHECK(p.needs_reboot);
    CHECK(p.previous == old);
    CHECK_FALSE(row("compare").prove(p, "landscaper-proof reboot maybe\n").has_value());
}

TEST_CASE("a switch is guarded by a watchman who brings the previous generation back") {
    auto p = plan();
    p.previous = old;
    auto script = row("activate").script(p);
    auto watchman = script.find("--switch-generation"), change = script.find("nix-env -p \"$profile\" --set");
    CHECK(watchman != script.npos);
    CHECK(watchman < change);
    p.needs_reboot = true;
    CHECK(row("activate").script(p).find("--switch-generation") == std::string::npos);
}

TEST_CASE("ok is proven only by the host running exactly this system, kernel and initrd included") {
    auto p = plan();
    auto proof = row("generation").prove(p, running);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    REQUIRE(row("generation").learn(p, *proof).has_value());
    CHECK(p.generation == 2);
    for (auto [from, to] : {std::pair<std::string, std::string>{"current " + top, "current " + old},
                            {"profile " + top, "profile " + old},
                            {"k/bzImage /nix/store/k", "other/bzImage /nix/store/k"},
                            {"i/initrd /nix/store/i", " /nix/store/i"},
                            {"generation 2", "generation x"},
                            {"boot_id b\n", "boot_id b\nlandscaper-proof current " + top + "\n"}}) {
        auto output = running;
        output.replace(output.find(from), from.size(), to);
        CAPTURE(output);
        CHECK_FALSE(row("generation").prove(p, output).has_value());
    }
}
