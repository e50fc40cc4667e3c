// An armed host, or one to be rescued, that still runs its installed system is sent to the network over its
// pinned session; one that is off, or comes back from its disk, is a person's.
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/install/leave.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

// Returns when nobody answers under the key of the system on the disk any more: the installer is on its way,
// or a person has to switch the server on.
task<> host_job::leave_disk(std::string resource) {
    auto keys = job::disk_keys(known());
    if (keys.empty()) co_return result<void>();
    for (;;) {
        if (address().empty()) co_return result<void>();
        auto session = co_await open_as(keys);
        if (!session && session.error().code() == async_errc::cancelled) co_return session.error();
        if (!session) co_return result<void>();
        CO_TRY(bool is_ordered, co_await order_network_boot(**session, resource));
        auto closed = co_await (*session)->close();
        static_cast<void>(closed);
        if (!is_ordered) {
            set("person",
                "it came up from its disk, not from the network; choose the network once in its "
                "firmware's boot menu");
        }
        auto woken = co_await woken_.wait_until(steady::now() + 1s);
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
}

// False when the reboot that was ordered has brought the host back to its disk.
task<bool> host_job::order_network_boot(ssh::host_session& session, std::string resource) {
    auto said = co_await session.expect(read_boot_id);
    if (!said) co_return !ssh::is_transient(said.error()) ? result<bool>(said.error()) : result<bool>(true);
    auto boot_id = said->substr(0, said->find('\n'));
    auto* before = known().find_step(resource, job::step_leave);
    if (before && before->proof) co_return before->proof_text == boot_id;
    set("run", "sends the installed system to the network");
    CO_TRY_VOID(co_await intend(resource, std::string(job::step_leave), true));
    auto script = install::leave_script(known().mac);
    auto left = co_await session.expect(std::move(script));
    if (!left && !ssh::is_transient(left.error())) co_return left.error();
    CO_TRY_VOID(co_await prove(resource, std::string(job::step_leave), boot_id));
    co_return true;
}

}  // namespace landscaper::daemon
