// What is really there of a server whose chain is proven: asked under its permanent key, without changing
// anything.
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/job/look.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;
using provider::provider_errc;

// Shared by all who asked before it ended.
struct host_job::one_look {
    explicit one_look(const asio::any_io_executor& executor) : ended(executor) {}
    std::optional<result<install::host_seen>> outcome;
    event ended;
};

bool host_job::may_be_looked_at() const {
    return job::is_worth_a_look(known()) && !address().empty();
}

// The types of one host are read together: they share one session.
task<install::host_seen> host_job::look() {
    attached_guard here(attached_);
    auto shared = looking_;
    if (!shared) {
        shared = looking_ = std::make_shared<one_look>(rack_.executor);
        stages_.spawn("look", look_once(shared));
    }
    while (!shared->outcome) {
        CO_TRY_VOID(co_await shared->ended.wait());
    }
    // With the host's stages; who asked goes on.
    bool is_stopped = !*shared->outcome && shared->outcome->error().code() == async_errc::cancelled;
    if (is_stopped)
        co_return error(provider_errc::try_again, known().name + ": something else is done to it now");
    co_return *shared->outcome;
}

task<> host_job::look_once(std::shared_ptr<one_look> shared) {
    result<install::host_seen> outcome = error(async_errc::cancelled);
    try {
        outcome = co_await ask_what_is_there();
    } catch (const boost::system::system_error& thrown) {
        if (!is_cancellation(thrown)) throw;
    }
    if (looking_ == shared) looking_.reset();
    shared->outcome = std::move(outcome);
    shared->ended.notify();
    co_return result<void>();
}

error host_job::of_login(const error& failure) const {
    if (failure.code() == async_errc::cancelled) return failure;
    auto where = known().name + " at " + address() + ": ";
    if (ssh::is_transient(failure)) return {provider_errc::try_again, where + failure.message()};
    if (failure.code() != ssh::ssh_errc::impostor) return {provider_errc::failed, where + failure.message()};
    return {provider_errc::failed,
            where +
                "answers with another host key than the pinned one; another machine has "
                "this address, or somebody replaced the key: nothing is sent to it"};
}

task<install::host_seen> host_job::ask_what_is_there() {
    CO_TRY(auto pin, pin_of(known().pins.permanent));
    ssh::host_session session(rack_.executor, rack_.ssh, endpoint(), pin);
    ssh::run_options options;
    options.deadline = 20s;
    auto script = install::look_text(rack_.ssh.root);
    auto said = co_await session.expect(std::move(script), std::move(options));
    if (!said) co_return of_login(said.error());
    auto closed = co_await session.close();
    static_cast<void>(closed);
    co_return install::parse_look(*said);
}

task<std::string> host_job::changed_by_others(stage what) {
    std::string unchanged;
    auto looking = look();
    CO_TRY(auto seen, co_await std::move(looking));
    if (what == stage::system) co_return job::other_system(known(), seen);
    if (what != stage::installation) co_return unchanged;
    auto objection = job::objection_to_disks(known(), seen);
    if (objection.empty()) co_return unchanged;
    co_return error(provider_errc::failed, known().name + ": " + objection);
}

task<std::string> host_job::changed_since_proven(stage what) {
    std::string unchanged;
    if (!may_be_looked_at()) co_return unchanged;
    auto looking = changed_by_others(what);
    auto other = co_await std::move(looking);
    bool is_away = !other && other.error().code() == provider_errc::try_again;
    co_return is_away ? result<std::string>(unchanged) : std::move(other);
}

}  // namespace landscaper::daemon
