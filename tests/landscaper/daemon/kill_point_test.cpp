#include "landscaper/daemon/kill_point.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::daemon;

namespace {

const std::vector<ledger::change> intent{ledger::step_intent{{1}, "installation", "format", 5}};
const std::vector<ledger::change> proof{ledger::host_esp{{1}, "guid"},
                                        ledger::step_proof{{1}, "installation", "format", "{}", 6}};

// How a process of its own ends that comes to these points with this environment.
int end_of(const char* kill_at) {
    auto child = ::fork();
    if (child == 0) {
        if (kill_at) ::setenv("LANDSCAPER_KILL_AT", kill_at, 1);
        pass_kill_point(intent, ledger_line::coming);
        pass_kill_point(intent, ledger_line::durable);
        pass_kill_point(proof, ledger_line::coming);
        pass_kill_point(proof, ledger_line::durable);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("each line of a step in the ledger is a point where serve can be killed") {
    using names = std::vector<std::string>;
    CHECK(kill_points(intent, ledger_line::coming).empty());
    CHECK(kill_points(intent, ledger_line::durable) == names{"installation.format.intent"});
    CHECK(kill_points(proof, ledger_line::coming) == names{"installation.format.effect"});
    CHECK(kill_points(proof, ledger_line::durable) == names{"installation.format.proof"});
}

TEST_CASE("serve dies at the point that a test names, and nowhere else") {
    CHECK(end_of(nullptr) == 0);
    CHECK(end_of("installation.copy.proof") == 0);
    for (const char* at :
         {"installation.format.intent", "installation.format.effect", "installation.format.proof"})
        CHECK(end_of(at) == SIGKILL);
}
