// How a closure gets onto a host: pulled by the host from our cache, or pushed over the pinned session where
// the host cannot reach the cache; and when, since all hosts copy from this one machine.
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/daemon/host_row.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

// Without a deadline of its own: what is waited for are other hosts' copies, and these have theirs.
task<> host_job::await_turn(std::uint64_t bytes) {
    turn_.emplace(*rack_.copies, known().name, bytes);
    for (;;) {
        auto place = turn_->ask();
        if (place.may_copy) co_return result<void>();
        set("run", install::describe(place));
        set_progress("", 0, 0);
        auto woken = co_await rack_.copies->changed.wait_until(steady::now() + 1s);
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
}

// Done when the systems were built, unless the cache was emptied since.
task<> host_job::put_into_cache(std::string path) {
    set("run", "puts " + path.substr(path.find('-') + 1) + " into the cache");
    std::vector<std::string> paths;
    paths.push_back(std::move(path));
    co_return co_await rack_.nix->publish(std::move(paths));
}

task<> host_job::push(std::string path, std::string root, ssh::host_session& session) {
    set("run", "copies over SSH, since the host does not reach the cache");
    CO_TRY(auto options, co_await session.nix_options());
    auto on_output = [this](std::string_view line) { on_line(line); };
    auto pushed = co_await rack_.nix->push(std::move(path), std::move(root), std::move(options), on_output);
    if (!pushed) {
        // Nix does not say that the connection was lost; asking the host once more does.
        auto failure = pushed.error();
        CO_TRY_VOID(co_await session.expect(read_boot_id));
        co_return failure;
    }
    const auto& now = copy_.now();
    rack_.log(known().name, "pushed over SSH: " + std::to_string(now.bytes / 1000000) + " MB, " +
                                std::to_string(now.paths) + " paths");
    co_return result<void>();
}

template <class Plan>
task<> host_job::run_copy(std::string_view resource, const ssh::step_row<Plan>& row, Plan& plan,
                          ssh::host_session& session, std::string path, std::string root,
                          std::uint64_t bytes) {
    struct place_in_line {
        std::optional<copy_turn>& turn;
        ~place_in_line() { turn.reset(); }
    } place{turn_};
    CO_TRY_VOID(co_await put_into_cache(path));
    CO_TRY_VOID(co_await await_turn(bytes));
    auto pulled = co_await run_row(resource, row, plan, session);
    if (pulled || pulled.error().code() != install::install_errc::no_cache) co_return pulled;
    rack_.log(known().name, pulled.error().message() + ", " + plan.cache_url);
    CO_TRY_VOID(co_await push(std::move(path), std::move(root), session));
    plan.is_pushed = true;
    is_retry_ = true;  // the same step again, which now has another script
    co_return co_await run_row(resource, row, plan, session);
}

template task<> host_job::run_copy(std::string_view, const ssh::step_row<install::install_plan>&,
                                   install::install_plan&, ssh::host_session&, std::string, std::string,
                                   std::uint64_t);
template task<> host_job::run_copy(std::string_view, const ssh::step_row<install::system_plan>&,
                                   install::system_plan&, ssh::host_session&, std::string, std::string,
                                   std::uint64_t);

}  // namespace landscaper::daemon
