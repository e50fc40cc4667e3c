// host_job::run_row, for the two files whose plan tables it runs.
#pragma once

#include "landscaper/daemon/host_job.hpp"

namespace landscaper::daemon {

template <class Plan>
task<> host_job::run_row(std::string_view resource, const ssh::step_row<Plan>& row, Plan& plan,
                         ssh::host_session& session, std::function<std::vector<ledger::change>()> extra) {
    std::string name(row.name);
    CO_TRY_VOID(unless_stopped());
    set("run", std::string(row.intent));
    CO_TRY_VOID(co_await intend(std::string(resource), name, is_retry_));
    is_retry_ = false;
    // The intent's time names the step on the host: after a restart the same step is found again, a retry is
    // another one.
    auto intent = known().find_step(resource, name)->intent;
    auto id = "a" + std::to_string(known().attempt) + "." + name + "." + std::to_string(intent);
    auto script = row.script(plan);
    auto input = row.input ? row.input(plan) : std::string();
    auto output =
        co_await effect(std::move(id), std::move(script), std::move(input), row.how, row.quiet, session);
    if (!output) co_return output.error().in(name);
    auto proof = row.prove(plan, *output);
    if (!proof) co_return proof.error().in(name);
    if (row.learn) {
        CO_TRY_VOID(row.learn(plan, *proof));
    }
    std::vector<ledger::change> batch;
    if (extra) batch = extra();
    batch.push_back(ledger::step_proof{id_, std::string(resource), name, std::move(*proof), now_ms()});
    co_return co_await commit(std::move(batch));
}

}  // namespace landscaper::daemon
