#include "landscaper/install/system.hpp"

#include <doctest/doctest.h>

#include "activation_host.hpp"

using namespace landscaper;
using namespace landscaper::install;
using namespace landscaper::install_test;

namespace {

std::string way(bool needs_reboot) {
    auto p = system_plan_of_px01();
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
    CHECK(way(true) == "copy compare activate restart default generation ");
}

TEST_CASE("every way names rows of the table") {
    auto p = system_plan_of_px01();
    for (bool reboot : {false, true}) {
        p.needs_reboot = reboot;
        for (auto at = next_system_step(p, ""); !at.empty(); at = next_system_step(p, at)) {
            CHECK(ssh::find_step<system_plan>(system_steps(), at) != nullptr);
        }
    }
}

TEST_CASE("what was copied is on the disk before that is proven") {
    auto p = system_plan_of_px01();
    for (bool is_pushed : {false, true}) {
        p.is_pushed = is_pushed;
        auto script = system_row("copy").script(p);
        auto copied = script.find(" copy --from"), synced = script.find("\nsync\n");
        CHECK((copied == script.npos) == is_pushed);
        CHECK((is_pushed || copied < synced));
        CHECK(synced < script.find("prove paths"));
    }
}

TEST_CASE("what the comparison says is learnt through the ledger's text") {
    auto p = system_plan_of_px01();
    auto proof = system_row("compare").prove(p, "landscaper-proof reboot yes\nlandscaper-proof previous " +
                                                    old + "\nlandscaper-proof boot_id b\n");
    REQUIRE(proof.has_value());
    REQUIRE(system_row("compare").learn(p, *proof).has_value());
    CHECK(p.needs_reboot);
    CHECK(p.previous == old);
    CHECK_FALSE(system_row("compare").prove(p, "landscaper-proof reboot maybe\n").has_value());
}

TEST_CASE("ok is proven only by the host running exactly this system, kernel and initrd included") {
    auto p = system_plan_of_px01();
    auto proof = system_row("generation").prove(p, running);
    REQUIRE_MESSAGE(proof.has_value(), proof.error().message());
    REQUIRE(system_row("generation").learn(p, *proof).has_value());
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
        CHECK_FALSE(system_row("generation").prove(p, output).has_value());
    }
}

TEST_CASE("the activation for a reboot says whether the old generation is still the default") {
    auto p = system_plan_of_px01();
    p.needs_reboot = true;
    auto proof =
        system_row("activate")
            .prove(
                p,
                "landscaper-proof boot_id b\nlandscaper-proof once yes\nlandscaper-proof activated boot\n");
    REQUIRE(proof.has_value());
    CHECK(*proof == R"({"activated":"boot","boot_id":"b","once":true})");
    CHECK_FALSE(system_row("activate")
                    .prove(p, "landscaper-proof boot_id b\nlandscaper-proof activated boot\n")
                    .has_value());
    CHECK(system_row("activate").learn(p, *proof).has_value());
    CHECK_FALSE(p.is_default_at_once);
    CHECK(p.boot_id == "b");
    // Of a release that noted no boot.
    CHECK(system_row("activate").learn(p, R"({"activated":"boot","once":false})").has_value());
    CHECK(p.is_default_at_once);
    CHECK(p.boot_id == "b");
    CHECK(system_row("default").prove(p, "landscaper-proof default " + top + "\n").has_value());
    CHECK_FALSE(system_row("default").prove(p, "landscaper-proof default " + old + "\n").has_value());
}

TEST_CASE("a host that does not run the new system says why, and who has to do something about it") {
    struct way_back {
        std::string step, said, words;
        bool is_excused_if_there, is_excused_if_not;
    };
    auto p = system_plan_of_px01();
    for (const auto& [step, said, words, there, not_there] :
         {way_back{"confirm", "late", "not reached over SSH within 300 s", false, true},
          way_back{"confirm", "restarted", "started again before", true, true},
          way_back{"confirm", old, "runs " + old + " instead of " + top, false, false},
          way_back{"default", "kernel", "came back in its previous generation", false, false}}) {
        CAPTURE(said);
        auto proof = system_row(step).prove(p, "landscaper-proof back " + said + "\n");
        REQUIRE_FALSE(proof.has_value());
        CHECK(is_back(proof.error()));
        CHECK(is_back(proof.error().in(step)));
        CHECK(proof.error().message().find(words) != std::string::npos);
        CHECK(is_excused(proof.error(), true) == there);
        CHECK(is_excused(proof.error(), false) == not_there);
    }
    auto none = system_row("confirm").prove(p, "");
    CHECK_FALSE(none.has_value());
    CHECK_FALSE(is_back(none.error()));
}
