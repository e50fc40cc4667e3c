// All deployments: the rack's own, one per entry of `deployments:`, and those whose entry is gone while
// something of them is recorded. They see the rack's hosts and never change one.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "landscaper/async/group.hpp"
#include "landscaper/daemon/deployment.hpp"
#include "landscaper/daemon/hosts.hpp"

namespace landscaper::daemon {

class deployments {
  public:
    deployments(rack_context& rack, hosts& jobs, const provider::registry& types);

    // Opens the rack's own, which has to succeed, and makes those of the inventory and of the state folder.
    result<void> open(const inventory::rack& declared);
    // Until cancelled, or until the rack's own ends.
    task<> run();
    // What the inventory says now: begins, changes and withdraws. Hosts must have been met.
    task<> take(const inventory::rack& declared);
    // Hosts have changed: whoever refers to them looks again.
    void look_again();

    deployment& own() { return *all_.at(rack_name); }
    const deployment& own() const { return *all_.at(rack_name); }
    // "" is the rack's own; null when there is none of the name.
    deployment* find(const std::string& name);
    // The rack's own first, then by name; without those of which nothing is left.
    std::vector<const deployment*> shown() const;

    static constexpr const char* rack_name = inventory::rack_deployment;

  private:
    deployment_options options_for(const std::string& name);
    deployment_options options_of_rack();
    deployment& make(const std::string& name);
    void start(const std::string& name);
    void set_reconcile(const inventory::rack& declared);
    std::set<std::string> recorded_names() const;
    void on_event_of_rack(const engine::resource_event& what);
    void lend(deployment& to, const engine::path& at);
    void lend_all(deployment& to);
    std::string objection(const std::string& to, const engine::member& m) const;
    // The deployment other than `to` that keeps its state in this file.
    std::string owner_of(const std::string& file, const std::string& to) const;

    rack_context& rack_;
    hosts& jobs_;
    const provider::registry& types_;
    std::shared_ptr<turns> evaluations_;
    std::map<std::string, std::unique_ptr<deployment>> all_;
    std::map<std::string, std::unique_ptr<group>> tasks_;
    std::set<engine::path> hosts_;  // the resources of hosts that others may refer to
    bool is_running_ = false;
};

}  // namespace landscaper::daemon
