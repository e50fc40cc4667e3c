#include "landscaper/job/installing.hpp"

#include "landscaper/job/life.hpp"
#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;

namespace {

struct scene {
    ledger::model m = fresh_host();
    const ledger::host& host() { return m.hosts[id]; }
    void prove(const char* step) {
        apply(m, ledger::step_proof{id, std::string(installation), step, "", 200});
    }
    bool holds(const char* step) { return stands(host(), *ssh::find_step(install::install_steps(), step)); }
    std::size_t answer(const char* boot_id) {
        auto changes = answered(host(), boot_id, "10.0.0.11", 300);
        for (const auto& change : changes) apply(m, change);
        return changes.size();
    }
};

}  // namespace

TEST_CASE("what the gate judges is read anew until the markers are on the disks") {
    scene s;
    for (const char* step : {"clock", "facts", "evidence"}) s.prove(step);
    CHECK_FALSE(s.holds("facts"));
    CHECK_FALSE(s.holds("evidence"));
    s.prove("marker");
    for (const char* step : {"clock", "facts", "evidence", "marker"}) CHECK(s.holds(step));
    CHECK_FALSE(s.holds("format"));
    s.prove("format");
    CHECK(s.holds("format"));
}

TEST_CASE("an installer that answers again loses nothing, one that was started again everything") {
    scene s;
    CHECK(s.answer("boot-1") == 2);
    CHECK(s.host().address == "10.0.0.11");
    for (const char* step : {"clock", "facts", "evidence", "marker", "format"}) s.prove(step);
    CHECK(s.answer("boot-1") == 0);
    CHECK(s.holds("format"));
    CHECK(s.answer("boot-2") > 2);
    for (const char* step : {"clock", "facts", "evidence", "marker", "format"}) CHECK_FALSE(s.holds(step));
}

TEST_CASE("a step that was only begun gets another intent after a restart") {
    scene s;
    s.answer("boot-1");
    apply(s.m, ledger::step_intent{id, std::string(installation), "format", 250});
    s.answer("boot-2");
    CHECK(s.host().find_step(installation, "format")->intent == 300);
}
