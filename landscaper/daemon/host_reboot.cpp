// How a job waits for a machine that was told to restart, and who goes on with the session that it came back
// in.
#include <chrono>

#include "landscaper/daemon/host_job.hpp"
#include "landscaper/job/patience.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

void host_job::keep(std::unique_ptr<ssh::host_session> session) {
    kept_ = std::move(session);
    if (kept_) stages_.spawn("session", let_go(kept_.get()));
}

std::unique_ptr<ssh::host_session> host_job::take(const ssh::pin& pin) {
    auto taken = std::move(kept_);
    bool fits = taken && taken->is_open() && taken->expected() == pin;
    return fits ? std::move(taken) : nullptr;
}

task<job::stranger> host_job::stranger_here(bool has_looked_again) {
    auto key = job::leaving_key(known(), now_ms());
    if (key.empty()) co_return job::stranger::impostor;
    CO_TRY(auto pin, pin_of(key));
    auto refused = co_await ssh::is_refused(rack_.ssh, endpoint(), pin, 20s);
    co_return job::who_answers(refused, has_looked_again);
}

task<> host_job::let_go(const ssh::host_session* kept) {
    CO_TRY_VOID(co_await sleep_for(10s));
    if (kept_.get() == kept) kept_.reset();
    co_return result<void>();
}

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
        bool is_going =
            failure.code() == ssh::ssh_errc::command_failed && steady::now() - begin < job::going_down;
        if (!boot_id && !is_going && !ssh::is_transient(failure)) co_return failure;
        say_if_overdue(begin, failure);
        CO_TRY_VOID(co_await sleep_for(200ms));
    }
}

}  // namespace landscaper::daemon
