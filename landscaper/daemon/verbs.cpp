#include "landscaper/daemon/verbs.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/hex.hpp"

namespace landscaper::daemon {

using control::control_errc;

static error no_host(const std::string& name) {
    return {control_errc::not_found, "no host " + name + "; see `landscaper hosts`"};
}

task<std::string> verbs::act(std::string verb, std::string host, std::string who) {
    auto* job = jobs_.find_name(host);
    if (!job) co_return no_host(host);
    auto done = co_await carry_out(verb, *job);
    if (!done) co_return done.error();
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, verb + " " + host}));
    rack_.log(host, verb + " by " + who);
    co_return *done;
}

task<std::string> verbs::carry_out(std::string verb, host_job& of) {
    auto* job = &of;
    auto host = of.known().name;
    if (verb == "retry") co_return co_await retry(*job);
    if (verb == "hold") co_return co_await hold(*job, true);
    if (verb == "resume") co_return co_await hold(*job, false);
    if (verb == "retire") co_return co_await retire(*job);
    if (verb == "arm") {
        co_return error(control_errc::refused,
                        "`disk.wipe` of " + host +
                            " is `blank`, which never needs a grant; a disk with data is "
                            "wiped by no verb of this release: wipe it yourself, then `landscaper retry " +
                            host + "`");
    }
    co_return error(control_errc::bad_request, "unknown verb " + verb);
}

task<std::string> verbs::retry(host_job& job) {
    job.retry();
    runner_.retry({engine::path{"hosts", job.known().name}});
    co_return "asked " + job.known().name + " to go on";
}

task<std::string> verbs::hold(host_job& job, bool held) {
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::host_held{job.known().id, held}));
    job.publish_entry();
    job.retry();
    rack_.changed();
    auto name = job.known().name;
    if (!held) co_return name + " goes on";
    co_return name + " is held before its next step; its disk is not touched until `landscaper resume " +
        name + "`";
}

task<std::string> verbs::retire(host_job& job) {
    auto name = job.known().name;
    if (job.known().managed) {
        co_return error(control_errc::refused, name + " is still in the inventory; take its line out first");
    }
    auto id = job.known().id;
    co_await job.stop();
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::host_retired{id}));
    jobs_.forget_retired();
    rack_.changed();
    co_return name + " is forgotten: its pins and history are gone, the machine was not touched";
}

static result<std::vector<engine::path>> paths_of(const std::vector<std::string>& roots) {
    std::vector<engine::path> out;
    for (const auto& root : roots) {
        TRY(auto at, engine::path::parse(root));
        out.push_back(std::move(at));
    }
    return out;
}

result<nlohmann::json> verbs::plan(const std::vector<std::string>& roots) const {
    TRY(auto paths, paths_of(roots));
    return engine::to_json(runner_.plan(paths));
}

task<std::string> verbs::confirm(std::vector<std::string> roots, std::string who) {
    CO_TRY(auto paths, paths_of(roots));
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, "apply"}));
    runner_.confirm(paths);
    runner_.retry(paths);
    co_return "confirmed";
}

nlohmann::json verbs::state() const {
    nlohmann::json out = nlohmann::json::object();
    for (const auto& [at, entry] : runner_.state()) {
        out[at.text()] = {
            {"type", entry.type}, {"input_properties", *entry.inputs}, {"output_properties", *entry.outputs}};
    }
    return out;
}

std::string verbs::graph() const {
    return runner_.members().dot();
}

result<nlohmann::json> verbs::endpoint(const std::string& host) const {
    auto* job = jobs_.find_name(host);
    if (!job) return no_host(host);
    const auto& pins = job->known().pins;
    auto key = pins.permanent.empty() ? pins.temporary : pins.permanent;
    if (key.empty()) return error(control_errc::refused, host + " has no pinned key yet: it was not booted");
    return nlohmann::json{{"address", job->address()},
                          {"user", "root"},
                          {"identity_file", rack_.client.private_key_file},
                          {"alias", to_hex(job->known().id)},
                          {"public_key", key}};
}

}  // namespace landscaper::daemon
