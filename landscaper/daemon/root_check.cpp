#include "landscaper/daemon/root_check.hpp"

#include <boost/asio/this_coro.hpp>
#include <cstdlib>
#include <filesystem>

#include "landscaper/async/event.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/daemon/deployment.hpp"
#include "landscaper/daemon/hosts.hpp"
#include "landscaper/daemon/own_provider.hpp"

namespace landscaper::daemon {

namespace {

// For Nix's questions; gone with everything in it.
struct scratch_folder {
    std::string name;
    scratch_folder() : name((std::filesystem::temp_directory_path() / "landscaper-check-XXXXXX").string()) {
        if (!::mkdtemp(name.data())) name.clear();
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code failed;
        if (!name.empty()) std::filesystem::remove_all(name, failed);
    }
};

std::string objection(const inventory::rack& declared, bool is_rack, const engine::member& m) {
    auto host = host_claimed_by(m);
    if (host.empty()) return {};
    return is_rack ? objection_to_host(declared, host) : objection_to_driving(m);
}

deployment_options options_for(const inventory::rack& declared, const std::string& name,
                               const std::string& network, const std::string& folder, event& news) {
    bool is_rack = name == inventory::rack_deployment;
    deployment_options out;
    out.name = name;
    out.log = [](const std::string&) {};
    out.on_change = [&news] { news.notify(); };
    out.root.place = {network, is_rack ? "" : name, "", false};
    out.root.evaluator.folder = folder;
    out.root.builds = false;
    out.root.hosts = [&declared] { return outputs_of_hosts(declared); };
    out.root.objection = [&declared, is_rack](const engine::member& m) {
        return objection(declared, is_rack, m);
    };
    out.root.on_log = out.log;
    out.root.on_change = out.on_change;
    return out;
}

// Until nothing more can be evaluated: nothing runs, so that no output ever becomes known.
task<> evaluate(deployment& one, event& news) {
    group work(co_await asio::this_coro::executor);
    work.spawn("root", one.root().run());
    while (!one.root().is_at_rest()) {
        auto woken = co_await news.wait();
        if (!woken) break;
    }
    co_await work.stop();
    co_return result<void>();
}

}  // namespace

task<std::vector<checked_root>> check_roots(inventory::rack declared, std::string network,
                                            std::map<std::string, std::string> env) {
    auto executor = co_await asio::this_coro::executor;
    scratch_folder scratch;
    if (scratch.name.empty()) co_return errno_error("a folder for Nix's questions");
    event news(executor);
    std::vector<std::string> names{inventory::rack_deployment};
    for (const auto& [name, one] : declared.deployments) names.push_back(name);
    std::vector<checked_root> out;
    for (const auto& name : names) {
        auto options = options_for(declared, name, network, scratch.name + "/" + name, news);
        options.root.evaluator.env = env;
        bool is_rack = name == inventory::rack_deployment;
        bool has_root = read_root(options.root.place).is_there();
        if (is_rack && !has_root) continue;
        deployment one(executor, std::move(options));
        if (is_rack) one.set_launch(declared.launch);
        if (!is_rack) one.declare(&declared.deployments.at(name));
        CO_TRY_VOID(co_await evaluate(one, news));
        auto members = one.root().members().size();
        auto problems = one.problems();
        // None at all is a mistake's consequence, and would be read first.
        auto counted = members || problems.empty() ? ": " + std::to_string(members) + " members" : "";
        out.push_back({(is_rack ? "the rack's root" : "deployment " + name) + counted, std::move(problems)});
    }
    co_return out;
}

}  // namespace landscaper::daemon
