#include "landscaper/ledger/phase.hpp"

#include "landscaper/ledger/change.hpp"
#include "tests/support/result.hpp"

using namespace landscaper::ledger;

static constexpr planned_step chain[] = {
    {"installation", "answer", "waiting"},
    {"installation", "facts", "installer"},
    {"installation", "copy", "copy"},
};
static const id128 id{1};

static model with_host() {
    model m;
    apply(m, host_added{id, "px01", {}, "inventory", "hosts.px01"});
    apply(m, attempt_started{id, {7}, 100});
    return m;
}

TEST_CASE("an intent does not change the phase, a proof does") {
    auto m = with_host();
    CHECK(phase_of(m.hosts[id], chain) == "waiting");
    apply(m, step_intent{id, "installation", "answer", 110});
    CHECK(phase_of(m.hosts[id], chain) == "waiting");
    apply(m, step_proof{id, "installation", "answer", "", 120});
    CHECK(phase_of(m.hosts[id], chain) == "installer");
    CHECK(phase_started(m.hosts[id], chain) == 120);
}

TEST_CASE("a later proof without the earlier one does not skip ahead") {
    auto m = with_host();
    apply(m, step_proof{id, "installation", "copy", "", 120});
    CHECK(phase_of(m.hosts[id], chain) == "waiting");
}

TEST_CASE("all proofs make ok, and a new attempt starts over") {
    auto m = with_host();
    for (const auto& s : chain) {
        apply(m, step_proof{id, std::string(s.resource), std::string(s.name), "", 120});
    }
    CHECK(phase_of(m.hosts[id], chain) == "ok");
    apply(m, attempt_started{id, {8}, 200});
    CHECK(phase_of(m.hosts[id], chain) == "waiting");
    CHECK(m.hosts[id].attempt == 2);
}

TEST_CASE("a new payload withdraws the one before and sets the temporary pin") {
    auto m = with_host();
    apply(m, payload_made{id, "t1", "key1", 1});
    apply(m, payload_made{id, "t2", "key2", 2});
    CHECK(m.hosts[id].payloads[0].withdrawn == 2);
    CHECK(m.hosts[id].payload_in_force()->token == "t2");
    CHECK(m.hosts[id].pins.temporary == "key2");
}

TEST_CASE("promotion makes the pending pin the only one") {
    auto m = with_host();
    apply(m, payload_made{id, "t1", "key1", 1});
    apply(m, pin_pending{id, "new"});
    apply(m, pin_promoted{id});
    CHECK(m.hosts[id].pins == pins{"", "", "new"});
}

TEST_CASE("a host that left its source is unmanaged, and changes of a retired one are ignored") {
    auto m = with_host();
    apply(m, host_managed{id, false});
    CHECK(phase_of(m.hosts[id], chain) == "unmanaged");
    apply(m, host_retired{id});
    apply(m, step_proof{id, "installation", "copy", "", 120});
    CHECK(m.hosts.empty());
}
