#include "landscaper/job/life.hpp"

#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;

// Proves the steps of the chain one by one; calls look(host, name) after each.
template <class Look>
static void walk(ledger::model& m, Look look) {
    apply(m, ledger::payload_made{id, "token", "key", 101});
    for (const auto& step : chain()) {
        apply(m, ledger::step_proof{id, std::string(step.resource), std::string(step.name), "", 102});
        if (step.resource == ssh_host_public_key && step.name == "refuse") {
            apply(m, ledger::pin_pending{id, "permanent"});
            apply(m, ledger::pin_promoted{id});
            apply(m, ledger::payload_withdrawn{id, 103});
        }
        look(m.hosts[id], step.name);
    }
}

TEST_CASE("the chain is walked to ok, one standing after the other") {
    auto m = fresh_host();
    auto last = standing_of(m.hosts[id]);
    CHECK(last == standing::fresh);
    walk(m, [&](const ledger::host& host, std::string_view) {
        auto now = standing_of(host);
        CHECK(now >= last);
        last = now;
    });
    CHECK(last == standing::ok);
    CHECK(next(last) == activity::none);
    CHECK(ledger::phase_of(m.hosts[id], chain()) == "ok");
}

TEST_CASE("from the finished marker on a host is sent to its disk, never to the installer") {
    auto m = fresh_host();
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::hold);
    bool finished = false;
    walk(m, [&](const ledger::host& host, std::string_view step) {
        finished = finished || step == "finish";
        if (finished) CHECK(boot_stage(host) == pxe::stage::local);
        if (!finished && step == step_entry) CHECK(boot_stage(host) == pxe::stage::install);
    });
    CHECK(finished);
}

TEST_CASE("a host on its disk gets no new temporary key, whoever asks and whatever was lost") {
    auto m = fresh_host();
    CHECK(needs_payload(m.hosts[id], false));
    bool finished = false;
    walk(m, [&](const ledger::host& host, std::string_view step) {
        finished = finished || step == "finish";
        CHECK(needs_payload(host, false) == !finished);
        CHECK_FALSE(needs_payload(host, true));
    });
    apply(m, ledger::attempt_started{id, {8}, 200});
    CHECK(needs_payload(m.hosts[id], true));
    m.hosts[id].managed = false;
    CHECK_FALSE(needs_payload(m.hosts[id], false));
}

TEST_CASE("phases never go back along the chain and use only the contract's words") {
    const std::vector<std::string_view> words{"waiting", "installer", "gate",   "format", "copy",
                                              "loader",  "reboot",    "rotate", "system", "ok"};
    std::size_t last = 0;
    for (const auto& step : chain()) {
        auto found = std::find(words.begin(), words.end(), step.phase);
        REQUIRE(found != words.end());
        auto at = static_cast<std::size_t>(found - words.begin());
        CHECK(at >= last);
        last = at;
    }
}

TEST_CASE("a host gone from its source goes to its disk if it has one, otherwise nowhere") {
    auto m = fresh_host();
    apply(m, ledger::host_managed{id, false});
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::silent);
    apply(m, ledger::marker_written{id, {"disk", true, {7}, 5}});
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::local);
    CHECK(next(standing_of(m.hosts[id])) == activity::none);
}

TEST_CASE("a new attempt of an installed host offers the payload again") {
    auto m = fresh_host();
    walk(m, [](const ledger::host&, std::string_view) {});
    apply(m, ledger::attempt_started{id, {8}, 200});
    CHECK(standing_of(m.hosts[id]) == standing::fresh);
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::hold);
}

TEST_CASE("a host in rescue boots the installer whatever its standing, and its disk again afterwards") {
    auto m = fresh_host();
    walk(m, [](const ledger::host&, std::string_view) {});
    apply(m, ledger::rescue_begun{id});
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::hold);
    apply(m, ledger::payload_made{id, "fresh", "key", 200});
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::install);
    CHECK(standing_of(m.hosts[id]) == standing::ok);
    apply(m, ledger::host_managed{id, false});
    CHECK(boot_stage(m.hosts[id]) != pxe::stage::install);
    apply(m, ledger::host_managed{id, true});
    apply(m, ledger::rescue_ended{id, true, 201});
    CHECK(boot_stage(m.hosts[id]) == pxe::stage::local);
}
