// What an operator may ask of a host or a deployment, behind the control socket.
#pragma once

#include "landscaper/control/io/backend.hpp"
#include "landscaper/daemon/publisher.hpp"

namespace landscaper::daemon {

class verbs final : public control::backend {
  public:
    verbs(rack_context& rack, hosts& jobs, const provider::registry& types, engine::runner& runner,
          root_source& root, publisher& screen)
        : rack_(rack), jobs_(jobs), types_(types), runner_(runner), root_(root), screen_(screen) {}

    const control::snapshot& current() const override { return screen_.current(); }
    event& published() override { return screen_.published(); }
    task<std::string> act(std::string verb, std::string host, std::string argument, std::string who) override;
    result<nlohmann::json> wipe(const std::string& host) const override;
    task<control::arming> arm(std::string host, std::string typed, std::vector<std::string> disks,
                              std::string who) override;
    task<nlohmann::json> plan(std::vector<std::string> roots) override;
    task<std::string> confirm(std::vector<std::string> roots, std::string who) override;
    task<nlohmann::json> act_on_resources(std::string verb, std::vector<std::string> paths,
                                          std::string who) override;
    task<nlohmann::json> bring_about(std::string operation, std::string type, nlohmann::json inputs,
                                     std::function<void(const std::string&)> say) override;
    task<nlohmann::json> run_operation(std::string path, std::string operation, nlohmann::json arguments,
                                       std::string who, std::function<void(const std::string&)> say) override;
    nlohmann::json state() const override;
    std::string graph() const override;
    result<nlohmann::json> endpoint(const std::string& host) const override;

  private:
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
    engine::runner& runner_;
    root_source& root_;
    publisher& screen_;
};

}  // namespace landscaper::daemon
