#include "landscaper/job/arm.hpp"

#include "landscaper/job/life.hpp"
#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;

namespace {

struct scene {
    ledger::model m = fresh_host();
    inventory::host declared;
    std::vector<seen_disk> at_the_gate;

    scene() {
        declared.name = "px01";
        declared.disk.wipe = inventory::wipe_policy::any;
        declared.lines.by_key = {{"", 7}, {"disk", 9}};
    }
    void install() {
        for (const auto& step : chain()) {
            apply(m, ledger::step_proof{id, std::string(step.resource), std::string(step.name), "", 200});
        }
        apply(m, ledger::marker_written{id, {"wwid:A", true, {7}, 200}});
    }
    result<wipe_preview> preview() { return preview_wipe(m.hosts[id], &declared, at_the_gate); }
    std::string refusal() {
        auto said = preview();
        return said ? "" : said.error().context();
    }
};

}  // namespace

TEST_CASE("a policy that covers no grant is refused with the line to change") {
    scene s;
    s.install();
    for (auto policy : {inventory::wipe_policy::blank, inventory::wipe_policy::never}) {
        s.declared.disk.wipe = policy;
        CHECK(s.refusal().starts_with("inventory.yaml:9: `disk.wipe` of px01 is `"));
        CHECK(s.refusal().find("write `wipe: own`") != std::string::npos);
    }
    CHECK_FALSE(preview_wipe(s.m.hosts[id], nullptr, {}));
}

TEST_CASE("disks that nobody has seen cannot be allowed to be lost") {
    scene s;
    CHECK(s.refusal().find("switch it on, and arm it when it waits at the gate") != std::string::npos);
}

TEST_CASE(
    "at the gate what was seen is shown; an installed host shows its own installation, and begins anew") {
    scene s;
    s.at_the_gate = {{"wwid:A", "/dev/sda", "disk /dev/sda holds ext4"}};
    auto waiting = s.preview();
    REQUIRE(waiting);
    CHECK_FALSE(waiting->reinstalls);
    CHECK(attempt_to_open(s.m.hosts[id], *waiting) == 1);
    s.at_the_gate.clear();
    s.install();
    auto installed = s.preview();
    REQUIRE(installed);
    CHECK(installed->reinstalls);
    REQUIRE(installed->disks.size() == 1);
    CHECK(installed->disks[0].identity == "wwid:A");
    CHECK(attempt_to_open(s.m.hosts[id], *installed) == 2);
}

TEST_CASE("what was allowed can be taken back until it was used; with it the attempt that arming began") {
    scene s;
    CHECK(what_to_disarm(s.m.hosts[id], false) == disarming::nothing);
    CHECK(what_to_disarm(s.m.hosts[id], true) == disarming::permission);
    s.install();
    CHECK(what_to_disarm(s.m.hosts[id], false) == disarming::nothing);
    auto before = s.m.hosts[id];
    apply(s.m, ledger::attempt_started{id, {8}, 300});
    apply(s.m, ledger::payload_made{id, "token", "key", 310});
    apply(s.m, ledger::step_proof{id, std::string(installation), std::string(step_answer), "boot", 320});
    REQUIRE(what_to_disarm(s.m.hosts[id], false) == disarming::attempt);
    auto used = s.m;
    apply(used, ledger::step_proof{id, std::string(installation), std::string(step_grant), "used", 330});
    CHECK(what_to_disarm(used.hosts[id], true) == disarming::nothing);
    auto written = s.m;
    apply(written, ledger::marker_written{id, {"wwid:A", false, {8}, 330}});
    CHECK(what_to_disarm(written.hosts[id], false) == disarming::nothing);
    apply(s.m, ledger::attempt_dropped{id, standing_nonce(s.m.hosts[id]), 400});
    const auto& after = s.m.hosts[id];
    CHECK(standing_of(after) == standing::ok);
    CHECK(boot_stage(after) == pxe::stage::local);
    CHECK(after.attempt == 1);
    CHECK(after.nonce == before.nonce);
    CHECK(after.steps == before.steps);
    CHECK(after.pins == before.pins);
    CHECK_FALSE(after.payload_in_force());
    CHECK_FALSE(needs_payload(after, false));
    // The next attempt of that number begins with nothing proven.
    apply(s.m, ledger::attempt_started{id, {9}, 500});
    CHECK(standing_of(s.m.hosts[id]) == standing::fresh);
}

TEST_CASE("a word is for the host that was named and the disks that were shown") {
    scene s;
    s.at_the_gate = {{"wwid:A", "", ""}, {"wwid:B", "", ""}};
    auto now = s.preview();
    REQUIRE(now);
    CHECK(agree(*now, "px01", "px01", {"wwid:B", "wwid:A"}));
    CHECK_FALSE(agree(*now, "px01", "px02", {"wwid:A", "wwid:B"}));
    CHECK_FALSE(agree(*now, "px01", "px01", {"wwid:A"}));
    CHECK_FALSE(agree(*now, "px01", "", {"wwid:A", "wwid:B"}));
}
