// One deployment: a tree of members with a state file of its own, the engine that applies it, and the root
// expression that declares it. What goes wrong with it stays here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/daemon/deployment_memory.hpp"
#include "landscaper/daemon/root_source.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "landscaper/inventory/rack.hpp"

namespace landscaper::daemon {

struct deployment_options {
    std::string name;  // rack, or its key in `deployments:`
    engine::runner_options engine;
    root_options root;  // on_problems is set here
    // The rack's own types; none: the deployment has the local ones and foreign programs, which work in the
    // folder of its root.
    const provider::registry* types = nullptr;
    std::function<void(const std::string&)> log;
    std::function<void()> on_change;
};

class deployment {
  public:
    deployment(const asio::any_io_executor& executor, deployment_options options);

    // Reads the state. run() does it, again and again, when nobody has.
    result<void> open();
    // One continuous apply, until cancelled.
    task<> run();
    // What the inventory says of it; null: no longer anything. Then nothing is applied, and what is recorded
    // is kept until it is destroyed.
    void declare(const inventory::deployment* declared);
    // In which phases members are begun. When members need each other the other way round that is a problem,
    // and the phases of before hold.
    void set_launch(const inventory::launch_phases& phases);

    const std::string& name() const { return options_.name; }
    const std::optional<inventory::deployment>& declared() const { return declared_; }
    engine::runner& engine() { return *engine_; }
    root_source& root() { return *root_; }
    const engine::runner& engine() const { return *engine_; }
    const root_source& root() const { return *root_; }
    // Where relative names of its members start, and what else outlives its entry in the inventory.
    const std::string& folder() const { return memory_.folder; }
    const deployment_memory& memory() const { return memory_; }
    // file:line: text, what is wrong with its declarations or with its state file.
    std::vector<std::string> problems() const;
    // Nothing is declared, recorded or under way.
    bool is_empty() const;

  private:
    void use_folder(const std::string& folder);
    std::string memory_file() const;
    void remember(deployment_memory what);
    void remember_state(const engine::member& of);
    std::vector<std::string> launch_problems() const;
    std::string unmatched_launch(const engine::path& at) const;

    asio::any_io_executor executor_;
    deployment_options options_;
    provider::registry own_types_;
    deployment_memory memory_;
    result<void> recalled_ = {};
    bool is_remembered_ = false;
    std::unique_ptr<engine::runner> engine_;
    std::unique_ptr<root_source> root_;
    std::optional<inventory::deployment> declared_;
    std::vector<std::string> root_problems_;
    std::string trouble_;         // of the state file
    std::string launch_trouble_;  // of the phases
    std::map<engine::path, inventory::launch_path> launch_places_;
    bool is_open_ = false;
    bool has_launch_ = false;
};

}  // namespace landscaper::daemon
