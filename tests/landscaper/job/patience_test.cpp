#include "landscaper/job/patience.hpp"

#include "tests/landscaper/job/fresh_host.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;
using namespace std::chrono_literals;

TEST_CASE("fifteen seconds without progress are named") {
    CHECK_FALSE(stall_note(0s));
    CHECK_FALSE(stall_note(14999ms));
    CHECK(stall_note(15s) == "no progress for 15 s");
    CHECK(stall_note(44s) == "no progress for 30 s");
    CHECK(stall_note(119s) == "no progress for 105 s");
    CHECK(stall_note(121s) == "no progress for 2 min");
}

TEST_CASE("tries come slower and end, unless there was a proof in between") {
    auto m = fresh_host();
    retries tries;
    CHECK(tries.after_failure(m.hosts[id]) == 1s);
    CHECK(tries.after_failure(m.hosts[id]) == 2s);
    for (unsigned i = 2; i < retries::most; ++i) CHECK(tries.after_failure(m.hosts[id]) <= 30s);
    apply(m, ledger::step_proof{id, "installation", "format", "", 200});
    CHECK(tries.after_failure(m.hosts[id]) == 1s);
    for (unsigned i = 1; i < retries::most; ++i) CHECK(tries.after_failure(m.hosts[id]));
    CHECK_FALSE(tries.after_failure(m.hosts[id]));
}

TEST_CASE("a login into a restarting machine is given up soon, and later where it is slow") {
    login_patience patience;
    CHECK(patience.now() == 3s);
    patience.given_up();
    CHECK(patience.now() == 6s);
    for (int i = 0; i < 10; ++i) patience.given_up();
    CHECK(patience.now() == 24s);
}
