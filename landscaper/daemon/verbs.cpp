#include "landscaper/daemon/verbs.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/hex.hpp"
#include "landscaper/daemon/arm.hpp"
#include "landscaper/daemon/own_provider.hpp"
#include "landscaper/daemon/resource_verbs.hpp"
#include "landscaper/engine/judge.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

using control::control_errc;

static error no_host(const std::string& name) {
    return {control_errc::not_found, "no host " + name + "; see `landscaper hosts`"};
}

task<std::string> verbs::act(std::string verb, std::string host, std::string argument, std::string who) {
    auto* job = jobs_.find_name(host);
    if (!job) co_return no_host(host);
    auto done = co_await carry_out(verb, std::move(argument), *job);
    if (!done) co_return done.error();
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, verb + " " + host}));
    rack_.log(host, verb + " by " + who);
    co_return *done;
}

task<std::string> verbs::carry_out(std::string verb, std::string argument, host_job& of) {
    if (verb == "trust") co_return co_await trust(of, std::move(argument));
    if (verb == "retry") co_return co_await retry(of);
    if (verb == "hold") co_return co_await hold(of, true);
    if (verb == "resume" && of.known().rescue) co_return co_await end_rescue(of);
    if (verb == "resume") co_return co_await hold(of, false);
    if (verb == "rescue") co_return co_await rescue(of);
    if (verb == "retire") co_return co_await retire(of);
    if (verb == "disarm") co_return co_await disarm(rack_, jobs_, deployments_.own().engine(), of);
    co_return error(control_errc::bad_request, "unknown verb " + verb);
}

result<nlohmann::json> verbs::wipe(const std::string& host) const {
    auto* job = jobs_.find_name(host);
    if (!job) return no_host(host);
    TRY(auto preview, preview_wipe(*job));
    return to_json(preview, host);
}

task<control::arming> verbs::arm(std::string host, std::string typed, std::vector<std::string> disks,
                                 std::string who) {
    auto* job = jobs_.find_name(host);
    if (!job) co_return no_host(host);
    std::string listed;
    for (const auto& disk : disks) listed += " " + disk;
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, "arm " + host + listed}));
    auto armed =
        daemon::arm(rack_, jobs_, deployments_.own().engine(), *job, std::move(typed), std::move(disks));
    auto said = co_await std::move(armed);
    rack_.log(host, "arm by " + who + ": " + (said ? said->sentence : said.error().context()));
    co_return said;
}

std::vector<engine::path> verbs::resources_of(const std::string& host) const {
    auto out = deployments_.own().root().members_of_host(host);
    out.push_back(engine::path{"hosts", host});
    return out;
}

task<std::string> verbs::retry(host_job& job) {
    job.retry();
    deployments_.own().engine().retry(resources_of(job.known().name));
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

// Enough of base64 that nobody makes a key with this end by trying (48 bits), few enough to be typed.
static constexpr std::size_t fingerprint_end = 8;

task<std::string> verbs::trust(host_job& job, std::string end) {
    const auto& known = job.known();
    auto key = ssh::public_key::parse(known.pins.permanent);
    if (!key) co_return error(control_errc::refused, known.name + " has no host key of its own yet");
    if (end.size() < fingerprint_end) {
        co_return error(control_errc::bad_request, "at least the last " + std::to_string(fingerprint_end) +
                                                       " characters of the fingerprint are wanted");
    }
    if (!key->fingerprint().ends_with(end)) {
        co_return error(control_errc::refused,
                        "the key that answers as " + known.name +
                            " ends otherwise: look at the right screen; if this "
                            "is the right one, another machine stands in between. Nothing was sent to it");
    }
    auto name = known.name;
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::step_proof{
        known.id, std::string(job::nixos), std::string(job::step_trust), "typed by a person", now_ms()}));
    job.retry();
    co_return "the key of " + name + " is confirmed; it goes on";
}

task<std::string> verbs::rescue(host_job& job) {
    auto name = job.known().name;
    if (!job.declared()) co_return error(control_errc::refused, name + " is not in the inventory");
    CO_TRY_VOID(co_await job.begin_rescue());
    rack_.changed();
    co_return name +
        " boots the rescue system: it is sent there if it answers, else switch it on; then landscaper ssh " +
        name + ". Its disks stay as they are. landscaper resume " + name + " ends it";
}

task<std::string> verbs::end_rescue(host_job& job) {
    auto name = job.known().name;
    CO_TRY_VOID(co_await job.end_rescue());
    deployments_.own().engine().retry(resources_of(name));
    rack_.changed();
    co_return name + " is told to reboot, and is what it was before";
}

task<std::string> verbs::retire(host_job& job) {
    auto name = job.known().name;
    if (job.known().managed) {
        co_return error(control_errc::refused, name + " is still in the inventory; take its line out first");
    }
    auto id = job.known().id;
    co_await job.stop();
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::host_retired{id}));
    job.forget_secrets(id);
    jobs_.forget_retired();
    // Its chain speaks of an identity that is no more: whoever is listed under this name begins a new one.
    std::vector<engine::path> chain{engine::path{"hosts", name}};
    deployments_.own().engine().destroy(std::move(chain));
    rack_.changed();
    co_return name + " is forgotten: its pins and history are gone, the machine was not touched";
}

result<deployment*> verbs::named(const std::string& name) const {
    if (auto* found = deployments_.find(name)) return found;
    std::string all;
    for (const auto* one : deployments_.shown()) all += (all.empty() ? "" : ", ") + one->name();
    return error(control_errc::not_found, "no deployment " + name + "; there is: " + all);
}

// For the audit and the log: the rack's own goes without saying.
static std::string suffix(const deployment& of) {
    return of.name() == deployments::rack_name ? "" : " of deployment " + of.name();
}

// A mistyped path would else be a success in which nothing was done.
result<std::vector<engine::path>> verbs::targets_in(const deployment& of,
                                                    const std::vector<std::string>& texts) const {
    TRY(auto paths, paths_of(texts));
    bool is_rack = of.name() == deployments::rack_name;
    for (const auto& at : paths) {
        const auto& names = at.names();
        // A host's chain begins when its system is built.
        bool is_host = is_rack && !names.empty() && names[0] == "hosts" &&
                       (names.size() == 1 || jobs_.find_name(names[1]));
        bool has_chain = is_host && names.size() > 2 && check_known(of.engine(), {names[0], names[1]});
        if (is_host && !has_chain) continue;
        // What is being evaluated may yet declare it.
        if (!of.root().is_at_rest()) continue;
        TRY_VOID(check_known(of.engine(), at));
    }
    return paths;
}

task<nlohmann::json> verbs::plan(std::string deployment, std::vector<std::string> roots) {
    CO_TRY(auto* of, named(deployment));
    of->root().look_at_text();
    CO_TRY(auto paths, targets_in(*of, roots));
    CO_TRY(auto items, co_await of->root().plan(std::move(paths)));
    auto out = engine::to_json(items);
    for (auto& item : out) item["deployment"] = of->name();
    co_return out;
}

task<std::string> verbs::confirm(std::string deployment, std::vector<std::string> roots, std::string who) {
    CO_TRY(auto* of, named(deployment));
    of->root().look_at_text();
    CO_TRY(auto paths, targets_in(*of, roots));
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, "apply" + suffix(*of)}));
    auto& before = confirmed_[of->name()];
    auto busy = at_work(of->engine(), paths, before);
    before.push_back({who, paths, steady::now()});
    if (before.size() > 100) before.erase(before.begin());
    of->engine().confirm(paths);
    of->engine().retry(paths);
    co_return busy.empty() ? "confirmed" : busy;
}

task<nlohmann::json> verbs::act_on_resources(std::string deployment, std::string verb,
                                             std::vector<std::string> paths, std::string who) {
    CO_TRY(auto* of, named(deployment));
    std::string what = verb;
    for (const auto& one : paths) what += " " + one;
    what += suffix(*of);
    CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, what}));
    // All of it, once nothing says any more what it should be.
    bool is_whole = paths.empty() && verb.starts_with("destroy") && of->name() != deployments::rack_name;
    if (is_whole && of->declared()) {
        co_return error(control_errc::refused, of->name() +
                                                   " is still in inventory.yaml: take its entry out " +
                                                   "first, or name what of it is to be destroyed");
    }
    if (is_whole) {
        for (const auto& [at, entry] : of->engine().state()) paths.push_back(at.text());
        if (paths.empty()) co_return error(control_errc::refused, of->name() + " has nothing recorded");
    }
    auto acting = act_on(of->engine(), verb, std::move(paths));
    auto answered = co_await std::move(acting);
    rack_.log("", what + " by " + who + (answered ? "" : ": " + answered.error().context()));
    co_return answered;
}

task<nlohmann::json> verbs::bring_about(std::string operation, std::string type, nlohmann::json inputs,
                                        std::function<void(const std::string&)> say) {
    engine::member asked;
    auto dot = type.find('.');
    asked.provider.name = type.substr(0, dot);
    asked.type = dot == std::string::npos ? "" : type.substr(dot + 1);
    // Of the types that the daemon does, some are about no host of its ledger.
    const auto* known = provider::find_type(type);
    bool is_of_no_host = known && known->family() != "local" && !known->takes("host");
    if (!is_of_no_host) {
        asked.inputs["host"] = engine::literal(inputs.value("host", nlohmann::json()));
        auto host = host_claimed_by(asked);
        if (host.empty()) {
            co_return error(control_errc::bad_request,
                            type + " is no resource of a host, or has no input host");
        }
        auto objection = jobs_.objection(host);
        if (!objection.empty()) co_return error(control_errc::refused, objection);
    }
    CO_TRY(auto found, types_.find(asked.provider, asked.type));
    provider::request request;
    request.type = asked.type;
    request.inputs = engine::value(std::move(inputs));
    request.is_stateful = true;  // what that forbids, its provider program has refused
    request.say = [say](const engine::progress& now) { say(now.sentence); };
    if (operation == "create") {
        auto creating = found->create(std::move(request));
        CO_TRY(auto outputs, co_await std::move(creating));
        co_return outputs.json();
    }
    nlohmann::json out = nlohmann::json::object();
    if (operation == "read") {
        auto reading = found->read(std::move(request));
        CO_TRY(auto seen, co_await std::move(reading));
        out["exists"] = seen.exists;
        out["inputs"] = *seen.inputs;
    } else if (operation == "destroy") {
        auto destroying = found->destroy(std::move(request));
        CO_TRY_VOID(co_await std::move(destroying));
    } else {
        co_return error(control_errc::bad_request, "there is no operation " + operation);
    }
    co_return out;
}

task<nlohmann::json> verbs::run_operation(std::string deployment, std::string path, std::string operation,
                                          nlohmann::json arguments, std::string who,
                                          std::function<void(const std::string&)> say) {
    CO_TRY(auto* of, named(deployment));
    if (!operation.empty()) {
        auto what = "run " + path + " " + operation + suffix(*of);
        CO_TRY_VOID(co_await rack_.ledger->commit_one(ledger::audit{now_ms(), who, what}));
        rack_.log("", what + " by " + who);
    }
    auto running = daemon::run_operation(of->engine(), std::move(path), std::move(operation),
                                         std::move(arguments), std::move(say));
    co_return co_await std::move(running);
}

result<nlohmann::json> verbs::state(const std::string& deployment) const {
    TRY(auto* of, named(deployment));
    nlohmann::json out = nlohmann::json::object();
    for (const auto& [at, entry] : of->engine().state()) {
        auto sensitive = engine::sensitive_in(entry);
        out[at.text()] = {{"type", entry.type},
                          {"input_properties", engine::shown(entry.inputs, sensitive)},
                          {"output_properties", engine::shown(entry.outputs, sensitive)}};
    }
    return out;
}

result<std::string> verbs::graph(const std::string& deployment) const {
    TRY(auto* of, named(deployment));
    return of->engine().members().dot();
}

result<nlohmann::json> verbs::endpoint(const std::string& host) const {
    auto* job = jobs_.find_name(host);
    if (!job) return no_host(host);
    const auto& pins = job->known().pins;
    // While the host is being installed anew, the permanent pin is still that of what was there before.
    auto key = pins.temporary.empty() ? pins.permanent : pins.temporary;
    if (key.empty()) return error(control_errc::refused, host + " has no pinned key yet: it was not booted");
    return nlohmann::json{{"address", job->address()},
                          {"user", "root"},
                          {"identity_file", rack_.client.private_key_file},
                          {"alias", to_hex(job->known().id)},
                          {"public_key", key}};
}

}  // namespace landscaper::daemon
