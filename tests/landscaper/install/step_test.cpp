#include "landscaper/install/step.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "landscaper/base/hex.hpp"
#include "landscaper/install/system.hpp"
#include "plans.hpp"

using namespace landscaper;
using namespace landscaper::install;
using install_test::base, install_test::plan, install_test::row;
namespace fs = std::filesystem;

static std::string marker_line(const install_plan& p, marker_state state, const std::string& disk) {
    marker m{state, p.rack, p.host, p.nonce, p.key_id, p.now + 5};
    return "landscaper-proof marker " + disk + " " + to_hex(encode(m)) + "\n";
}

TEST_CASE("the steps come in the order of contract 1, in phases of contract 7") {
    std::string names;
    const std::set<std::string_view> phases{"installer", "gate", "format", "copy", "loader", "reboot"};
    for (const auto& step : install_steps()) {
        names += std::string(step.name) + " ";
        CHECK(phases.contains(step.phase));
        CHECK_FALSE(step.intent.empty());
        CHECK(step.quiet.count() > 0);  // its deadline
    }
    CHECK(names ==
          "clock facts evidence marker format copy profile files loader boot_order unmount finish reboot "
          "installed ");
}

TEST_CASE("every script is valid shell text: bash on the installer, any POSIX shell on an installed system") {
    std::string pattern = "/tmp/landscaper-script-XXXXXX";
    fs::path folder = ::mkdtemp(pattern.data());
    auto check = [&](std::string_view name, const std::string& script, bool is_posix) {
        CAPTURE(name);
        std::ofstream(folder / "script") << script;
        CHECK(shell("bash -n " + (folder / "script").string()) == 0);
        if (is_posix) CHECK(shell("sh -n " + (folder / "script").string()) == 0);
    };
    for (bool destroy : {false, true}) {
        auto p = plan();
        p.destroy = destroy;
        for (const auto& step : install_steps()) check(step.name, step.script(p), step.name == "installed");
    }
    for (bool reboot : {false, true}) {
        system_plan p;
        p.needs_reboot = reboot;
        for (const auto& step : system_steps()) check(step.name, step.script(p), true);
    }
    fs::remove_all(folder);
}

TEST_CASE(
    "no step but the installed system's own look runs outside the installer and the boot that was seen") {
    for (const auto& step : install_steps()) {
        auto script = step.script(plan());
        CAPTURE(step.name);
        if (step.name == "installed") continue;
        CHECK(script.find("VARIANT_ID") != script.npos);
        CHECK(script.find("11111111-2222-3333-4444-555555555555") != script.npos);
    }
}

TEST_CASE("disks that were not chosen are made read-only before anything is written") {
    for (const char* name : {"marker", "format", "copy", "loader", "finish"}) {
        auto script = row(name).script(plan());
        CAPTURE(name);
        auto guard = script.find("blockdev --setro '/dev/sdb'");
        CHECK(guard != script.npos);
        CHECK(guard < script.find("/dev/sda'"));
        CHECK(script.find("--setro '/dev/sda'") == script.npos);
    }
}

TEST_CASE("disko's destroy runs with a grant only") {
    auto p = plan();
    CHECK(row("format").script(p).find("DESTROY") == std::string::npos);
    p.destroy = true;
    CHECK(row("format").script(p).find("DESTROY") != std::string::npos);
}

TEST_CASE("a text with quotes stays a text") {
    CHECK(row("files").script(plan()).find(R"('{"name":"px01'\''s"}')") != std::string::npos);
}

TEST_CASE("a marker is proven by the bytes read back from every chosen disk") {
    auto p = plan();
    p.disks.push_back(install_test::disk("/dev/sdc", "C"));
    auto first = marker_line(p, marker_state::open, "/dev/sda"),
         second = marker_line(p, marker_state::open, "/dev/sdc");
    auto proof = row("marker").prove(p, first + second);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    CHECK(*proof ==
          R"({"open":["serial:QEMU HARDDISK/A/21474836480","serial:QEMU HARDDISK/C/21474836480"]})");
    CHECK_FALSE(row("marker").prove(p, first).has_value());
    CHECK_FALSE(row("finish").prove(p, first + second).has_value());
    auto other = p;
    other.nonce.fill(4);
    CHECK_FALSE(row("marker").prove(other, first + second).has_value());
}

TEST_CASE("facts and evidence survive the ledger") {
    auto p = plan();
    auto proof = row("facts").prove(p, install_test::virtual_server);
    REQUIRE(proof.has_value());
    REQUIRE(row("facts").learn(p, *proof).has_value());
    p.disks = p.machine.disks;
    auto line = R"({"version":1,"device":"/dev/vda","blank":true,"reason":null,"size":21474836480,"seed":")" +
                to_text(p.nonce) + R"(","signatures":[],"partitions":[],"holders":[],"marker":null})" + "\n";
    proof = row("evidence").prove(p, line);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    REQUIRE(row("evidence").learn(p, *proof).has_value());
    REQUIRE(p.evidence.size() == 1);
    CHECK(p.evidence[0].blank);
}

TEST_CASE("boot partitions are learnt, and warnings of the firmware do not fail the step") {
    auto p = plan();
    std::string esp = "landscaper-proof esp /dev/sda 1 0f0e0d0c-1111-2222-3333-444444444444 /boot\n";
    auto proof = row("boot_order").prove(p, esp + "landscaper-proof warning BootNext cannot be set\n");
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    CHECK(proof->find("BootNext cannot be set") != std::string::npos);
    REQUIRE(row("boot_order").learn(p, *proof).has_value());
    CHECK(p.esps ==
          std::vector<install::esp>{{"/dev/sda", 1, "0f0e0d0c-1111-2222-3333-444444444444", "/boot"}});
    CHECK_FALSE(row("boot_order").prove(p, "").has_value());
    CHECK_FALSE(row("boot_order").prove(p, "landscaper-proof esp /dev/sda x y /boot\n").has_value());
    p.machine.firmware = firmware::bios;
    CHECK(row("boot_order").prove(p, "").has_value());
}

TEST_CASE("the installed system is proven by another boot, this base and this host's file") {
    auto p = plan();
    auto files =
        row("files").prove(p, "landscaper-proof host_json " + to_hex(sha256(as_bytes(p.host_json + "\n"))) +
                                  "\nlandscaper-proof host_key " + p.temporary_key + "\n");
    CHECK(files.has_value());
    std::string good =
        "landscaper-proof variant \nlandscaper-proof boot_id aaaaaaaa-2222-3333-4444-555555555555\n"
        "landscaper-proof booted " +
        base + "\nlandscaper-proof root /dev/sda2\nlandscaper-proof host_json " +
        to_hex(sha256(as_bytes(p.host_json + "\n"))) + "\n";
    auto proof = row("installed").prove(p, good);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    for (auto [from, to] : {std::pair<std::string, std::string>{"variant ", "variant installer"},
                            {"aaaaaaaa", "11111111"},
                            {"system-base", "system-other"},
                            {"host_json ", "host_json 0"}}) {
        auto output = good;
        output.replace(output.find(from), from.size(), to);
        CAPTURE(output);
        CHECK_FALSE(row("installed").prove(p, output).has_value());
    }
}

TEST_CASE("what cannot fit is refused with the figures") {
    auto p = plan();
    p.machine.ram = std::uint64_t{2} << 30;
    CHECK(check_room(p).has_value());
    p.machine.ram = std::uint64_t{512} << 20;
    CHECK(check_room(p).error().context() == "RAM 512 MiB, needed 900 MiB");
    p.machine.ram = std::uint64_t{2} << 30;
    p.base_bytes = std::uint64_t{10} << 30;
    CHECK(check_room(p).error().context() == "disk /dev/sda 20480 MiB, needed 22528 MiB");
}
