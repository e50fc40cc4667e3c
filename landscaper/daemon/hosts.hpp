// All host jobs: who the hosts of the inventory are in the ledger, one job each, and the chain of five
// resources that the engine is to bring about for each.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "landscaper/daemon/host_job.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "landscaper/inventory/rack.hpp"
#include "landscaper/nix/root/question.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::daemon {

// 128 random bits: of a host, or of an attempt.
ledger::id128 new_id();

// What a root expression may refer to: the chains' outputs, of hosts that the inventory manages.
nix::root::host_outputs outputs_of_hosts(const inventory::rack& declared);
// Why a root expression may not speak for the host of this name; empty when it may.
std::string objection_to_host(const inventory::rack& declared, const std::string& name);

class hosts {
  public:
    explicit hosts(rack_context& rack);

    // The five types of contract 6, over the jobs.
    void add_types(provider::registry& to);

    // Who the hosts of an inventory are: identities by MAC (a new name is a rename, a gone host becomes
    // unmanaged, a known name with other MACs is held), a job and a boot entry each.
    task<> meet(inventory::rack declared);
    // What was met: systems evaluated and built, and the chains declared to the engine.
    task<> take(inventory::rack declared, engine::runner& runner);

    host_job* find(const ledger::id128& id);
    host_job* find_name(const std::string& name);
    host_job* find_mac(const mac_address& mac);
    const std::map<ledger::id128, std::unique_ptr<host_job>>& all() const { return jobs_; }

    nix::root::host_outputs outputs() const;
    // Why a root expression may not speak for this host (by name or ledger id); empty when it may.
    std::string objection(const std::string& host) const;

    // A sentence for a host that no job can speak for yet: its system is being built, its NIC was replaced.
    const std::map<std::string, std::string>& held_back() const { return held_back_; }

    // Tells the engine what the chains are now, after the ledger or a system has changed.
    result<void> declare(engine::runner& runner) const;

    // Jobs of hosts that the ledger no longer has; each lives until everybody who waits for it was told.
    void forget_retired();

    asio::awaitable<void> stop();

  private:
    task<> identify(const inventory::rack& declared);
    task<> build_systems(const inventory::rack& declared);
    engine::declaration chains(const inventory::rack& declared) const;

    rack_context& rack_;
    std::map<ledger::id128, std::unique_ptr<host_job>> jobs_;
    std::vector<std::unique_ptr<host_job>> retired_;
    std::map<std::string, nix::system_paths> systems_;  // by host
    std::map<std::string, std::string> held_back_;      // by host: why it has no chain
};

}  // namespace landscaper::daemon
