#include "landscaper/daemon/deployments.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <filesystem>

#include "landscaper/async/event.hpp"
#include "landscaper/daemon/own_provider.hpp"

namespace landscaper::daemon {

using engine::path;

// An evaluation may take hundreds of megabytes and a core; one that never ends keeps its turn for minutes.
static constexpr unsigned most_evaluations = 2;

deployments::deployments(rack_context& rack, hosts& jobs, const provider::registry& types)
    : rack_(rack),
      jobs_(jobs),
      types_(types),
      evaluations_(std::make_shared<turns>(rack.executor, most_evaluations)) {}

// --- what each is made of

deployment_options deployments::options_for(const std::string& name) {
    deployment_options out;
    out.name = name;
    bool is_rack = name == rack_name;
    auto log = [this, name, is_rack](const std::string& line) {
        rack_.log("", is_rack ? line : name + ": " + line);
    };
    out.log = log;
    out.on_change = [this] { rack_.changed(); };
    out.engine.deployment = is_rack ? "" : name;
    out.engine.limits.foreign = 16;  // a process each
    out.engine.state_file = rack_.opts.state + "/engine/" + name + ".json";
    out.engine.on_error = [log](const std::string& sentence) { log("engine: " + sentence); };
    out.root.place = {rack_.opts.network, is_rack ? "" : name, "", false};
    // Questions are numbered by evaluator: one folder each.
    out.root.evaluator.folder = rack_.opts.runtime() + "/nix" + (is_rack ? "" : "/" + name);
    out.root.evaluator.gc_roots = rack_.opts.state + "/gcroots";
    out.root.evaluator.takes_turns = evaluations_;
    out.root.hosts = [this] { return jobs_.outputs(); };
    out.root.objection = [this, name](const engine::member& m) { return objection(name, m); };
    out.root.on_log = log;
    out.root.on_change = out.on_change;
    out.engine.on_event = [this, name, log](const engine::resource_event& what) {
        auto found = all_.find(name);
        if (found != all_.end() && what.log.empty()) found->second->root().look_again();
        if (!what.log.empty()) log(what.view.at.text() + ": " + what.log);
        rack_.changed();
    };
    return out;
}

deployment_options deployments::options_of_rack() {
    auto out = options_for(rack_name);
    out.types = &types_;
    out.engine.on_event = [this](const engine::resource_event& what) { on_event_of_rack(what); };
    return out;
}

void deployments::on_event_of_rack(const engine::resource_event& what) {
    auto found = all_.find(rack_name);
    if (found != all_.end() && what.log.empty()) found->second->root().look_again();
    // Host jobs log for themselves.
    bool is_of_host = !what.view.at.is_root() && what.view.at.names().front() == "hosts";
    if (!what.log.empty() && !is_of_host) rack_.log("", what.view.at.text() + ": " + what.log);
    if (what.log.empty() && is_of_host) {
        for (auto& [name, one] : all_) lend(*one, what.view.at);
    }
    rack_.changed();
}

// --- hosts, seen from elsewhere

void deployments::lend(deployment& to, const path& at) {
    if (to.name() == rack_name) return;
    auto view = own().engine().view(at);
    engine::lent out{at, hosts_.contains(at), std::nullopt};
    if (view && view->status == engine::resource_status::done) out.outputs = view->outputs;
    to.engine().lend(std::move(out));
    to.root().look_again();
}

void deployments::lend_all(deployment& to) {
    for (const auto& at : hosts_) lend(to, at);
}

static std::set<path> paths_of(const nix::root::host_outputs& all) {
    std::set<path> out;
    for (const auto& [host, resources] : all) {
        for (const auto& [name, outputs] : resources) out.insert(path{"hosts", host, name});
    }
    return out;
}

std::string deployments::owner_of(const std::string& file, const std::string& to) const {
    for (const auto& [name, one] : all_) {
        if (name == to) continue;
        for (const auto& m : one->root().members()) {
            if (m.broken.empty() && state_file_of(m, one->folder()) == file) return name;
        }
    }
    return {};
}

std::string deployments::objection(const std::string& to, const engine::member& m) const {
    auto host = host_claimed_by(m);
    if (!host.empty() && to == rack_name) return jobs_.objection(host);
    if (!host.empty()) return objection_to_driving(m);
    auto one = all_.find(to);
    auto file = one == all_.end() ? "" : state_file_of(m, one->second->folder());
    auto owner = file.empty() ? "" : owner_of(file, to);
    if (owner.empty()) return {};
    return m.at.text() + ": " + file + " holds the state of deployment " + owner + "; name another file";
}

// --- coming and going

static bool is_name_of_state(const std::filesystem::path& file) {
    return file.extension() == ".json" && inventory::is_deployment_name(file.stem().string());
}

// Who has a state file, whether anything is in it or not.
std::set<std::string> deployments::recorded_names() const {
    std::set<std::string> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(rack_.opts.state + "/engine", failed)) {
        if (is_name_of_state(entry.path())) out.insert(entry.path().stem().string());
    }
    return out;
}

deployment& deployments::make(const std::string& name) {
    auto& out = all_[name];
    out = std::make_unique<deployment>(rack_.executor,
                                       name == rack_name ? options_of_rack() : options_for(name));
    return *out;
}

void deployments::start(const std::string& name) {
    auto& one = *all_.at(name);
    auto& tasks = tasks_[name];
    if (tasks) return;
    auto ended = [this, name](const std::string&, const error* failure) {
        if (failure) rack_.log("", name + ": its engine ended: " + failure->message());
    };
    tasks = std::make_unique<group>(rack_.executor, ended);
    tasks->spawn("deployment " + name, one.run());
}

void deployments::set_reconcile(const inventory::rack& declared) {
    std::set<std::string> repaired;
    for (const auto& type : declared.reconcile.repair) repaired.insert(type.name);
    for (const auto& [name, one] : all_) one->engine().set_reconcile(declared.reconcile.every, repaired);
}

result<void> deployments::open(const inventory::rack& declared) {
    auto& rack = make(rack_name);
    TRY_VOID(rack.open());
    rack.set_launch(declared.launch);
    hosts_ = paths_of(jobs_.outputs());
    auto names = recorded_names();
    for (const auto& [name, one] : declared.deployments) names.insert(name);
    for (const auto& name : names) {
        auto found = declared.deployments.find(name);
        auto& one = make(name);
        one.declare(found == declared.deployments.end() ? nullptr : &found->second);
        auto opened = one.open();
        if (!opened) rack_.log("", name + ": " + one.problems().front());
        if (one.is_empty()) all_.erase(name);
    }
    set_reconcile(declared);
    return {};
}

task<> deployments::take(const inventory::rack& declared) {
    own().set_launch(declared.launch);
    auto before = std::exchange(hosts_, paths_of(jobs_.outputs()));
    before.insert(hosts_.begin(), hosts_.end());
    std::vector<std::string> gone;
    for (const auto& [name, one] : declared.deployments) {
        if (!all_.contains(name)) make(name);
    }
    for (auto& [name, one] : all_) {
        if (name == rack_name) continue;
        for (const auto& at : before) lend(*one, at);
        auto found = declared.deployments.find(name);
        bool is_declared = found != declared.deployments.end();
        if (is_declared && one->declared() == found->second) continue;
        if (is_declared || one->declared()) one->declare(is_declared ? &found->second : nullptr);
        if (one->is_empty()) gone.push_back(name);
    }
    for (const auto& name : gone) {
        if (tasks_[name]) co_await tasks_[name]->stop();
        tasks_.erase(name);
        all_.erase(name);
    }
    set_reconcile(declared);
    for (const auto& [name, one] : all_) {
        if (is_running_ && name != rack_name) start(name);
    }
    rack_.changed();
    co_return result<void>();
}

task<> deployments::run() {
    is_running_ = true;
    for (const auto& [name, one] : all_) {
        if (name == rack_name) continue;
        lend_all(*one);
        start(name);
    }
    auto ended = co_await own().run();
    is_running_ = false;
    for (auto& [name, tasks] : tasks_) tasks->cancel();
    for (auto& [name, tasks] : tasks_) co_await tasks->stop();
    co_return ended;
}

void deployments::look_again() {
    for (auto& [name, one] : all_) one->root().look_again();
}

deployment* deployments::find(const std::string& name) {
    auto found = all_.find(name.empty() ? rack_name : name);
    return found == all_.end() ? nullptr : found->second.get();
}

std::vector<const deployment*> deployments::shown() const {
    std::vector<const deployment*> out{&own()};
    for (const auto& [name, one] : all_) {
        if (name != rack_name && !one->is_empty()) out.push_back(one.get());
    }
    return out;
}

}  // namespace landscaper::daemon
