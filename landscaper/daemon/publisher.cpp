#include "landscaper/daemon/publisher.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/deployment_rows.hpp"
#include "landscaper/daemon/own_provider.hpp"
#include "landscaper/job/life.hpp"
#include "landscaper/job/patience.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

publisher::publisher(rack_context& rack, hosts& jobs, boot_events& seen, const deployments& all)
    : rack_(rack),
      jobs_(jobs),
      seen_(seen),
      deployments_(all),
      started_(now_ms()),
      dirty_(rack.executor),
      published_(rack.executor) {}

void publisher::changed() {
    is_dirty_ = true;
    dirty_.notify();
}

void publisher::log(const std::string& host, const std::string& line) {
    log_.push_back({now_ms(), host, text::printable(line, 600)});
    if (log_.size() > 200) log_.pop_front();
    changed();
}

void publisher::set_problems(std::vector<std::string> problems) {
    problems_ = std::move(problems);
    changed();
}

void publisher::add_warning(std::string line) {
    warnings_.push_back(std::move(line));
    changed();
}

void publisher::publish() {
    is_dirty_ = false;
    ++number_;
    current_ = make();
    published_.notify();
}

task<> publisher::run() {
    for (;;) {
        while (!is_dirty_) {
            auto woken = co_await dirty_.wait_until(steady::now() + 5s);
            if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
            if (!woken && is_anybody_silent()) break;
        }
        publish();
        CO_TRY_VOID(co_await sleep_for(250ms));
    }
}

static std::string fingerprint(const std::string& public_key) {
    auto key = ssh::public_key::parse(public_key);
    return key ? key->fingerprint() : "";
}

// Phases in the order in which they were left, from the proofs of the present attempt.
static std::vector<control::phase_view> phases_of(const ledger::host& known) {
    std::vector<control::phase_view> out;
    auto last = known.attempt_started;
    for (const auto& planned : job::chain()) {
        auto* step = known.find_step(planned.resource, planned.name);
        if (out.empty() || out.back().phase != planned.phase) {
            out.push_back({std::string(planned.phase), last, 0});
        }
        if (!step || !step->proof) return out;
        last = step->proof;
        out.back().ended = step->proof;
    }
    out.push_back({"ok", last, 0});
    return out;
}

control::host_view publisher::view_of(const ledger::host& known) const {
    control::host_view out;
    out.name = known.name;
    out.host_id = to_hex(known.id);
    for (const auto& mac : known.mac) out.mac.push_back(mac.text());
    out.phase = ledger::phase_of(known, job::chain());
    out.attempt = known.attempt;
    out.attempt_started = known.attempt_started;
    out.phase_started = ledger::phase_started(known, job::chain());
    out.permanent_key = fingerprint(known.pins.permanent);
    out.temporary_key = fingerprint(known.pins.temporary);
    if (!known.generations.empty()) {
        out.generation = known.generations.back().number;
        out.toplevel = known.generations.back().toplevel;
    }
    if (known.managed) out.phases = phases_of(known);
    for (const auto& step : known.steps) {
        if (step.attempt != known.attempt) continue;
        out.steps.push_back(
            {step.resource, step.name, step.intent, step.proof, text::printable(step.proof_text, 400)});
    }
    return out;
}

static std::optional<std::string> quiet_note(const host_job& job) {
    const auto& status = job.status();
    if (!status.works) return std::nullopt;
    return job::stall_note(steady::now() - status.progressed);
}

// Time alone changes what the screen says of a silent host.
bool publisher::is_anybody_silent() const {
    return std::ranges::any_of(jobs_.all(),
                               [](const auto& of) { return quiet_note(*of.second).has_value(); });
}

void publisher::add_job(control::host_view& view, const host_job& job) const {
    const auto& status = job.status();
    view.condition = status.condition;
    view.sentence = status.sentence;
    view.seen = status.seen;
    view.last_seen = status.last_seen;
    view.log.assign(status.log.begin(), status.log.end());
    if (auto* declared = job.declared()) {
        view.ip = declared->ip ? declared->ip->address.text() : job.known().address;
        view.role = declared->role;
        view.firmware = inventory::word(declared->firmware);
    }
    auto waits = jobs_.held_back().find(view.name);
    if (job.known().held) {
        view.condition = "HOLD";
        view.sentence = "held by the operator; landscaper resume " + view.name;
    } else if (waits != jobs_.held_back().end()) {
        bool is_work = waits->second.starts_with("builds ") || waits->second.starts_with("puts ");
        view.condition = is_work ? "run" : "HOLD";
        view.sentence = waits->second;
    }
    if (view.phase == "ok" && view.condition == "run") view.sentence.clear();
    // Nothing is done to it any more: what its job last said would send people to the machine.
    if (view.phase == "unmanaged" && !status.works) view.sentence = job::gone_from_inventory(view.name);
    auto quiet = quiet_note(job);
    if (quiet && view.condition == "run") view.sentence += "; " + *quiet;
    view.progress.unit = status.unit;
    view.progress.done = status.done;
    view.progress.total = status.total;
    view.progress.per_second = status.rate;
    if (status.rate && status.total > status.done) {
        view.progress.eta_seconds = static_cast<std::int64_t>((status.total - status.done) / status.rate);
    }
}

void publisher::add_to_host(control::host_view& host, const engine::resource_view& resource) const {
    // The job speaks first; what the engine alone knows is that it may not begin, or gave up.
    bool failed = resource.status == engine::resource_status::failed;
    bool waits = resource.status == engine::resource_status::person;
    if (host.condition != "run" || !(failed || waits)) return;
    // A rescue has stopped what the engine waited for; that is no failure.
    auto* job = jobs_.find_name(host.name);
    if (job && (job->known().rescue || (failed && job->is_interrupted()))) return;
    host.condition = failed ? "FAILED" : "person";
    host.sentence = text::printable(resource.sentence, 600);
}

// A host's own go to the host, wherever in the tree they are; the others stand by themselves.
void publisher::add_resources(control::snapshot& to, const std::vector<engine::resource_view>& own) const {
    std::map<std::string, control::host_view*> by_name;
    for (auto& host : to.hosts) by_name[host.name] = &host;
    const auto& runner = deployments_.own().engine();
    for (const auto& resource : own) {
        const auto& names = resource.at.names();
        std::string name = names.size() == 3 && names[0] == "hosts" ? names[1] : "";
        const auto* member = runner.members().find(resource.at);
        if (name.empty() && member) name = host_claimed_by(*member);
        auto view = view_of_resource(resource);
        auto host = by_name.find(name);
        if (host == by_name.end()) {
            to.resources.push_back(std::move(view));
            continue;
        }
        host->second->resources.push_back(std::move(view));
        add_to_host(*host->second, resource);
    }
}

// A rack whose inventory names no deployment is as if there were none.
void publisher::add_deployments(control::snapshot& to, const std::vector<engine::resource_view>& own) const {
    auto all = deployments_.shown();
    if (all.size() == 1) return;
    for (const auto* one : all) {
        if (one->name() == deployments::rack_name) {
            to.deployments.push_back(view_of_deployment(*one, own));
            continue;
        }
        auto views = one->engine().snapshot();
        to.deployments.push_back(view_of_deployment(*one, views));
        for (const auto& resource : views) {
            to.resources.push_back(view_of_resource(resource));
            to.resources.back().deployment = one->name();
        }
    }
}

control::snapshot publisher::make() const {
    control::snapshot out;
    const auto& ledger = rack_.ledger->content();
    out.site = rack_.inventory.site;
    out.rack = to_hex(ledger.rack);
    out.version = "0.1.0";
    out.number = number_;
    out.now = now_ms();
    out.started = started_;
    out.inventory_file = rack_.opts.network + "/inventory.yaml";
    out.inventory_problems = problems_;
    auto own_problems = deployments_.own().problems();
    out.inventory_problems.insert(out.inventory_problems.end(), own_problems.begin(), own_problems.end());
    out.evaluation = deployments_.own().root().activity();
    out.bootd = rack_.link->status();
    out.warnings = warnings_;
    out.alarms = seen_.alarms();
    out.dhcp_servers = seen_.foreign_servers();
    out.counters = seen_.counters();
    out.unknown = seen_.unknown();
    out.log.assign(log_.begin(), log_.end());
    for (const auto& [id, known] : ledger.hosts) {
        out.hosts.push_back(view_of(known));
        if (auto* job = jobs_.find(id)) add_job(out.hosts.back(), *job);
    }
    auto own_resources = deployments_.own().engine().snapshot();
    add_resources(out, own_resources);
    add_deployments(out, own_resources);
    std::sort(out.hosts.begin(), out.hosts.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

}  // namespace landscaper::daemon
