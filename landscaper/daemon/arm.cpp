#include "landscaper/daemon/arm.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/control/error.hpp"
#include "landscaper/job/gate.hpp"

namespace landscaper::daemon {

static error refused(const error& why) {
    return {control::control_errc::refused, why.context()};
}

result<job::wipe_preview> preview_wipe(const host_job& job) {
    auto out = job::preview_wipe(job.known(), job.declared(), job.seen_disks());
    if (!out) return refused(out.error());
    return out;
}

nlohmann::json to_json(const job::wipe_preview& preview, const std::string& host) {
    auto disks = nlohmann::json::array();
    for (const auto& disk : preview.disks) {
        disks.push_back({{"identity", disk.identity}, {"path", disk.path}, {"what", disk.what}});
    }
    return {{"host", host}, {"mode", preview.mode}, {"reinstalls", preview.reinstalls}, {"disks", disks}};
}

// The host's chain in its present attempt, confirmed: a person has just said so.
static result<void> begin_anew(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job) {
    job.publish_entry();
    TRY_VOID(jobs.declare(runner));
    std::vector<engine::path> roots;
    roots.push_back(engine::path{"hosts", job.known().name});
    runner.confirm(roots);
    runner.retry(roots);
    rack.changed();
    return {};
}

using namespace std::chrono_literals;

// Looked at once, so that the person who armed the host knows now whether they are needed.
static task<control::arming> armed_anew(std::string host, ssh::endpoint where, std::string said) {
    control::arming out;
    out.sentence = std::move(said);
    auto answered = co_await ssh::probe(where.address, where.port, 3s);
    if (answered) {
        out.sentence += "it is sent to the network";
    } else if (answered.error().code() == async_errc::cancelled) {
        co_return answered.error();
    } else {
        out.waits_for_person = true;
        out.sentence += host + " does not answer at " + where.address +
                        ": switch it off and on, and choose the network once in its firmware's boot menu";
    }
    co_return out;
}

task<control::arming> arm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job,
                          std::string typed, std::vector<std::string> identities) {
    CO_TRY(auto preview, preview_wipe(job));
    auto agreed = job::agree(preview, job.known().name, typed, identities);
    if (!agreed) co_return refused(agreed.error());
    auto id = job.known().id;
    auto attempt = job::attempt_to_open(job.known(), preview);
    CO_TRY_VOID(job.granted().put(id, attempt, identities));
    if (!preview.reinstalls) {
        job.retry();
        control::arming out;
        out.sentence = typed + " may be wiped once within an hour; its installation goes on";
        co_return out;
    }
    co_await job.stop();
    CO_TRY_VOID(co_await rack.ledger->commit_one(ledger::attempt_started{id, new_id(), now_ms()}));
    CO_TRY_VOID(begin_anew(rack, jobs, runner, job));
    auto said = typed + " may be wiped once within an hour; attempt " + std::to_string(attempt) + " begins: ";
    auto answer = armed_anew(typed, job.endpoint(), std::move(said));
    co_return co_await std::move(answer);
}

task<std::string> disarm(rack_context& rack, hosts& jobs, engine::runner& runner, host_job& job) {
    auto id = job.known().id;
    auto name = job.known().name;
    auto what = job::what_to_disarm(job.known(), job.granted().find(id).has_value());
    if (what == job::disarming::nothing) {
        bool is_used = job::may_destroy(job.known());
        co_return error(control::control_errc::refused,
                        name + (is_used ? " is not armed any more: what was allowed has been done"
                                        : " is not armed; nothing to take back"));
    }
    auto gone = job.granted().use(id);
    static_cast<void>(gone);  // it may be gone already, with a reboot of the appliance
    if (what == job::disarming::permission) {
        job.retry();
        co_return name + " is not armed any more; its disks stay as they are";
    }
    co_await job.stop();
    auto nonce = job::standing_nonce(job.known());
    CO_TRY_VOID(co_await rack.ledger->commit_one(ledger::attempt_dropped{id, nonce, now_ms()}));
    job.at_rest();
    CO_TRY_VOID(begin_anew(rack, jobs, runner, job));
    co_return name +
        " is not armed any more, and is what it was before; if it waits in the installer, switch it "
        "off and on: it boots its disk";
}

}  // namespace landscaper::daemon
