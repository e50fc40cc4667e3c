// What bootd saw, made into what the screen shows and what wakes a job. Never a proof: a boot event can wake
// a step, never start or finish one.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/daemon/alarms.hpp"
#include "landscaper/daemon/hosts.hpp"
#include "pxe/link/event.hpp"

namespace landscaper::daemon {

class boot_events {
  public:
    boot_events(rack_context& rack, hosts& jobs) : rack_(rack), jobs_(jobs) {}

    void on(const pxe::link::event& seen);

    std::vector<control::unknown_view> unknown() const;
    std::vector<control::alarm_view> alarms() const { return alarms_.current(rack_.ledger->content()); }
    std::vector<std::string> foreign_servers() const { return {foreign_.begin(), foreign_.end()}; }
    // Transfers under way and their rate, from the latest progress.
    std::map<std::string, std::uint64_t> counters() const;

  private:
    void on_known(host_job& job, const pxe::link::event& seen);
    void on_unknown(const pxe::link::event& seen);
    void on_foreign(const pxe::link::event& seen);
    void on_hidden(const pxe::link::event& seen);
    void on_here(host_job* job, const pxe::link::event& seen);

    struct transfer {
        std::string via;
        std::uint64_t rate = 0;
        std::int64_t at = 0;
    };

    rack_context& rack_;
    hosts& jobs_;
    std::map<mac_address, control::unknown_view> unknown_;
    std::set<std::string> foreign_;
    daemon::alarms alarms_;
    bool told_hidden_ = false;
    std::map<std::uint64_t, transfer> transfers_;
};

}  // namespace landscaper::daemon
