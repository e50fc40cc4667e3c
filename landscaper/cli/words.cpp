#include "landscaper/cli/words.hpp"

#include <algorithm>

namespace landscaper::cli {

namespace {

constexpr int go_on = -1;

int verdict_over(const std::vector<const control::host_view*>& hosts, bool waits_for_power) {
    bool runs = false, waits = false;
    for (const auto* host : hosts) {
        if (host->condition == "FAILED") return 1;
        if (host->phase == "unmanaged") continue;
        bool is_held = host->condition == "HOLD" || (host->condition == "person" && !waits_for_power);
        waits = waits || is_held;
        runs = runs || (!is_held && host->phase != "ok");
    }
    return runs ? go_on : waits ? 3 : 0;
}

}  // namespace

bool is_within(const std::string& path, const std::vector<std::string>& roots) {
    return roots.empty() || std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
               return path == root || path.starts_with(root + ".");
           });
}

// A root expression calls the members of a host's chain as it likes.
bool is_meant(const control::host_view& host, const std::vector<std::string>& roots) {
    if (roots.empty()) return true;
    auto path = "hosts." + host.name;
    bool is_by_name = std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
        return root == "hosts" || root == path || root.starts_with(path + ".");
    });
    return is_by_name || std::any_of(host.resources.begin(), host.resources.end(),
                                     [&](const auto& one) { return is_within(one.path, roots); });
}

int verdict_of(const control::snapshot& shot) {
    std::vector<const control::host_view*> all;
    for (const auto& host : shot.hosts) all.push_back(&host);
    return all.empty() ? go_on : verdict_over(all, true);
}

namespace {

bool is_busy(const control::resource_view& one) {
    return one.state == "running" || one.state == "ready" || one.state == "waiting";
}

// Of resources that belong to no host. Siblings of a failed one are waited for.
int verdict_over(const std::vector<control::resource_view>& resources, const std::vector<std::string>& roots,
                 const std::string& deployment) {
    int out = 0;
    for (const auto& one : resources) {
        if (one.deployment != deployment) continue;
        if (!is_within(one.path, roots)) continue;
        if (is_busy(one)) return go_on;
        if (one.state == "failed" || one.state == "cancelled") out = 1;
        // Nothing fails and nothing runs: what is blocked waits for the rack's hosts, or for somebody who
        // declares what it needs.
        if ((one.state == "person" || one.state == "blocked") && out == 0) out = 3;
    }
    return out;
}

}  // namespace

const control::deployment_view* deployment_in(const control::snapshot& shot, const std::string& name) {
    auto found = std::find_if(shot.deployments.begin(), shot.deployments.end(),
                              [&](const auto& one) { return one.name == (name.empty() ? "rack" : name); });
    return found == shot.deployments.end() ? nullptr : &*found;
}

// What is in the file is not what was applied; hosts stand in another one.
static bool is_refused(const control::snapshot& shot, const std::vector<std::string>& roots,
                       const std::string& name) {
    const auto* own = deployment_in(shot, name);
    bool is_of_hosts = std::all_of(roots.begin(), roots.end(), [](const std::string& root) {
        return root == "hosts" || root.starts_with("hosts.");
    });
    return own && own->refused && !is_of_hosts;
}

static int verdict_of_deployment(const control::snapshot& shot, const std::vector<std::string>& roots,
                                 const std::string& name) {
    const auto* own = deployment_in(shot, name);
    if (!own || !own->evaluation.empty()) return go_on;
    auto verdict = verdict_over(shot.resources, roots, name);
    bool has_problems = roots.empty() ? !own->problems.empty() : is_refused(shot, roots, name);
    return verdict != go_on && has_problems ? 1 : verdict;
}

int apply_verdict_of(const control::snapshot& shot, const std::vector<std::string>& roots,
                     const std::string& deployment) {
    if (!deployment.empty()) return verdict_of_deployment(shot, roots, deployment);
    std::vector<const control::host_view*> named;
    for (const auto& host : shot.hosts) {
        if (is_meant(host, roots)) named.push_back(&host);
    }
    // A resource that is to be changed runs while its host still counts as ok.
    for (const auto* host : named) {
        for (const auto& resource : host->resources) {
            if (resource.state == "running" || resource.state == "ready") return go_on;
        }
    }
    if (!shot.evaluation.empty()) return go_on;
    auto hosts = verdict_over(named, false);
    auto others = verdict_over(shot.resources, roots, "");
    if (hosts == go_on || others == go_on) return go_on;
    if (hosts == 1 || others == 1) return 1;
    // What is in the files is not what was applied.
    bool has_problems = roots.empty() ? !shot.inventory_problems.empty() : is_refused(shot, roots, "");
    return has_problems ? 1 : std::max(hosts, others);
}

std::vector<control::log_line> new_lines(const control::snapshot& shot, const control::log_line& last) {
    auto found = std::find(shot.log.rbegin(), shot.log.rend(), last);
    return {found.base() == shot.log.begin() ? shot.log.begin() : found.base(), shot.log.end()};
}

}  // namespace landscaper::cli
