// `landscaper rescue`: the installer's tools on a server, under a fresh pinned key, without any grant; what
// was installed stays as it is.
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/ssh/shell.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

task<> host_job::begin_rescue() {
    std::vector<ledger::change> batch;
    batch.push_back(ledger::rescue_begun{id_});
    batch.push_back(
        ledger::step_intent{id_, std::string(job::rescue), std::string(job::step_payload), now_ms()});
    batch.push_back(
        ledger::step_intent{id_, std::string(job::rescue), std::string(job::step_leave), now_ms()});
    // Noted first: who sees the stages end knows that a rescue has ended them.
    CO_TRY_VOID(co_await commit(std::move(batch)));
    co_await stop();
    CO_TRY_VOID(co_await make_payload(std::string(job::rescue)));
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    watch_rescue();
    co_return result<void>();
}

void host_job::watch_rescue() {
    stages_.spawn("rescue", until_done([this] { return in_rescue(); }, false));
}

// Until it ends: the installed system is sent to the network, then the screen says whether somebody can log
// in.
task<> host_job::in_rescue() {
    CO_TRY_VOID(co_await leave_disk(std::string(job::rescue)));
    CO_TRY_VOID(co_await await_ssh("the rescue system does not answer on SSH"));
    CO_TRY(auto pin, pin_of(known().pins.temporary));
    ssh::host_session session(rack_.executor, rack_.ssh, endpoint(), pin);
    CO_TRY_VOID(co_await session.open());
    CO_TRY_VOID(co_await session.expect("grep -q installer /etc/os-release"));
    set("person",
        "in rescue: landscaper ssh " + known().name + "; landscaper resume " + known().name + " ends it");
    for (;;) {
        CO_TRY_VOID(co_await sleep_for(10s));
        CO_TRY_VOID(co_await session.expect("true"));
    }
}

// The boot entry is that of its standing again before it may boot. A host whose installation is not finished
// keeps the payload: its attempt goes on with it.
task<> host_job::end_rescue() {
    co_await stop();
    auto rebooted = co_await reboot_from_rescue();
    if (!rebooted && rebooted.error().code() == async_errc::cancelled) co_return rebooted;
    co_return result<void>();
}

task<> host_job::reboot_from_rescue() {
    auto pinned = pin_of(known().pins.temporary);
    auto ended = job::end_of_rescue(known(), now_ms());
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ended));
    // The engine may have asked for a stage in the meantime, which found the rescue and waits for its end.
    set("run", "");
    retry();
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    if (ended.is_over) unlink_key();
    CO_TRY(auto pin, pinned);
    ssh::host_session session(rack_.executor, rack_.ssh, endpoint(), pin);
    CO_TRY_VOID(co_await session.open());
    auto order = "sync\n" + ssh::reboot_after_session();
    CO_TRY_VOID(co_await session.expect(std::move(order)));
    co_return result<void>();
}

}  // namespace landscaper::daemon
