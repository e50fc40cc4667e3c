// How a job waits for a machine that was told to restart.
#include <chrono>

#include "landscaper/daemon/host_job.hpp"
#include "landscaper/job/patience.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

// How long a machine that was told to reboot may go on letting in while its programs are gone.
static constexpr auto going_down = 5min;

task<std::unique_ptr<ssh::host_session>> host_job::await_other_boot(ssh::pin pin, std::string before,
                                                                    std::string sentence) {
    auto begin = steady::now();
    job::login_patience patience;
    for (;;) {
        CO_TRY_VOID(co_await await_ssh(sentence));
        auto session = std::make_unique<ssh::host_session>(rack_.executor, rack_.ssh, endpoint(), pin);
        ssh::run_options once;
        once.deadline = patience.now();
        auto boot_id = co_await session->expect(read_boot_id, std::move(once));
        if (boot_id && (before.empty() || !boot_id->starts_with(before))) co_return std::move(session);
        auto failure =
            boot_id ? error(install::install_errc::bad_proof, "it has not rebooted") : boot_id.error();
        if (failure.code() == ssh::ssh_errc::timed_out) patience.given_up();
        bool is_going = failure.code() == ssh::ssh_errc::command_failed && steady::now() - begin < going_down;
        if (!boot_id && !is_going && !ssh::is_transient(failure)) co_return failure;
        say_if_overdue(begin, failure);
        CO_TRY_VOID(co_await sleep_for(200ms));
    }
}

}  // namespace landscaper::daemon
