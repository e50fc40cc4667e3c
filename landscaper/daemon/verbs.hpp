// What an operator may ask of a host or a deployment, behind the control socket.
#pragma once

#include "landscaper/control/io/backend.hpp"
#include "landscaper/daemon/deployments.hpp"
#include "landscaper/daemon/publisher.hpp"
#include "landscaper/daemon/resource_verbs.hpp"

namespace landscaper::daemon {

class verbs final : public control::backend {
  public:
    verbs(rack_context& rack, hosts& jobs, const provider::registry& types, deployments& all,
          publisher& screen)
        : rack_(rack), jobs_(jobs), types_(types), deployments_(all), screen_(screen) {}

    const control::snapshot& current() const override { return screen_.current(); }
    event& published() override { return screen_.published(); }
    task<std::string> act(std::string verb, std::string host, std::string argument, std::string who) override;
    result<nlohmann::json> wipe(const std::string& host) const override;
    task<control::arming> arm(std::string host, std::string typed, std::vector<std::string> disks,
                              std::string who) override;
    task<nlohmann::json> plan(std::string deployment, std::vector<std::string> roots) override;
    task<std::string> confirm(std::string deployment, std::vector<std::string> roots,
                              std::string who) override;
    task<nlohmann::json> act_on_resources(std::string deployment, std::string verb,
                                          std::vector<std::string> paths, std::string who) override;
    task<nlohmann::json> bring_about(std::string operation, std::string type, nlohmann::json inputs,
                                     std::function<void(const std::string&)> say) override;
    task<nlohmann::json> run_operation(std::string deployment, std::string path, std::string operation,
                                       nlohmann::json arguments, std::string who,
                                       std::function<void(const std::string&)> say) override;
    result<nlohmann::json> state(const std::string& deployment) const override;
    result<std::string> graph(const std::string& deployment) const override;
    result<nlohmann::json> endpoint(const std::string& host) const override;

  private:
    // "" is the rack's own; one whose state could not be read yet is refused.
    result<deployment*> named(const std::string& name) const;
    result<std::vector<engine::path>> targets_in(const deployment& of,
                                                 const std::vector<std::string>& texts) const;
    // The resources that speak for a host, wherever they are declared.
    std::vector<engine::path> resources_of(const std::string& host) const;
    task<std::string> carry_out(std::string verb, std::string argument, host_job& of);
    task<std::string> trust(host_job& job, std::string end);
    task<std::string> retry(host_job& job);
    task<std::string> hold(host_job& job, bool held);
    task<std::string> rescue(host_job& job);
    task<std::string> end_rescue(host_job& job);
    task<std::string> retire(host_job& job);

    rack_context& rack_;
    hosts& jobs_;
    const provider::registry& types_;
    deployments& deployments_;
    publisher& screen_;
    std::map<std::string, std::vector<confirmation>> confirmed_;  // by deployment: the last applies
};

}  // namespace landscaper::daemon
