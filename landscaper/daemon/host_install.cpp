// The stage host.install: from the installer's first answer to the installed system's. The rows are in
// install/step.hpp; here are the decisions between them and what happens when the host restarts in the
// middle.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/async/file.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/daemon/host_json.hpp"
#include "landscaper/daemon/host_row.hpp"
#include "landscaper/job/gate.hpp"
#include "landscaper/job/installing.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;
using install::install_errc;

task<engine::value> host_job::install(nlohmann::json inputs) {
    bool finished = job::standing_of(known()) >= job::standing::rotating;
    if (!finished) {
        CO_TRY_VOID(co_await until_done([this, inputs] { return install_once(inputs); }));
    } else {
        CO_TRY_VOID(co_await changed_since_proven(stage::installation));
    }
    nlohmann::json outputs;
    outputs["installation_id"] = to_hex(known().nonce);
    outputs["address"] = address();
    co_return engine::value(std::move(outputs));
}

task<> host_job::install_once(nlohmann::json inputs) {
    CO_TRY_VOID(unless_stopped());
    install::install_plan plan;
    std::unique_ptr<ssh::host_session> session;
    CO_TRY_VOID(co_await prepare(plan, std::move(inputs)));
    if (!known().is_proven(job::installation, "finish")) {
        if (!known().is_proven(job::installation, job::step_answer)) {
            CO_TRY_VOID(co_await leave_disk(std::string(job::installation)));
        }
        CO_TRY_VOID(co_await await_ssh("the installer does not answer on SSH"));
        set("run", "logs in to the installer");
        CO_TRY(auto pin, pin_of(known().pins.temporary));
        session = std::make_unique<ssh::host_session>(rack_.executor, rack_.ssh, endpoint(), pin);
        CO_TRY_VOID(co_await session->open());
        CO_TRY_VOID(co_await answered(*session));
        auto written = co_await installation_rows(plan, *session);
        if (!written) {
            auto failure = written.error();
            co_return co_await unless_restarted(std::move(failure), *session);
        }
    }
    CO_TRY_VOID(co_await reboot_to_disk(plan, std::move(session)));
    co_return co_await await_installed(plan);
}

task<> host_job::prepare(install::install_plan& plan, nlohmann::json inputs) {
    auto* from = declared();
    if (!from) co_return error(install_errc::wrong_plan, "the host is no longer in the inventory");
    auto address = from->ip ? std::optional(from->ip->address) : std::nullopt;
    plan.name = known().name;
    plan.rack = rack_.ledger->content().rack;
    plan.host = id_;
    plan.nonce = known().nonce;
    plan.key_id = sha256(as_bytes(rack_.client.key.text()));
    plan.attempt = known().attempt;
    plan.host_json = host_json(rack_, *from, known(), "");
    plan.temporary_key = known().pins.temporary;
    plan.authorized_keys = rack_.client.key.text() + " landscaper\n";
    plan.cache_url = rack_.cache_url_for(address);
    plan.cache_key = rack_.cache_key;
    plan.base = inputs.value("base", "");
    CO_TRY(auto closure, co_await rack_.nix->closure_of(plan.base));
    plan.base_bytes = closure.nar_size();
    closure_sizes_ = std::move(closure.sizes);
    co_return result<void>();
}

// The first proof of the attempt: who answers holds the temporary key. Its boot id tells later whether the
// same installer still runs.
task<> host_job::answered(ssh::host_session& session) {
    CO_TRY(auto boot_id, co_await session.expect(read_boot_id));
    while (!boot_id.empty() && boot_id.back() == '\n') boot_id.pop_back();
    auto batch = job::answered(known(), boot_id, address(), now_ms());
    if (batch.empty()) co_return result<void>();
    co_return co_await commit(std::move(batch));
}

// A step that fails because the machine was started again in the middle says nothing about the step: the
// installer that comes up then begins anew. The error of a lost connection, which passes, stands for that.
task<> host_job::unless_restarted(error failure, ssh::host_session& session) {
    bool is_decided = failure.code() == async_errc::cancelled || failure.code() == install_errc::hold;
    if (is_decided || ssh::is_transient(failure)) co_return failure;
    CO_TRY(auto boot_id, co_await session.expect(read_boot_id));
    auto* answer = known().find_step(job::installation, job::step_answer);
    bool is_same = answer && boot_id.starts_with(answer->proof_text);
    if (is_same) co_return failure;
    co_return error(ssh::ssh_errc::lost, "the server was started again; the installation begins anew");
}

task<> host_job::installation_rows(install::install_plan& plan, ssh::host_session& session) {
    copy_ = install::copy_watch(closure_sizes_);
    bool only_finish = false;
    for (const auto& row : install::install_steps()) {
        if (row.name == "reboot") break;
        CO_TRY_VOID(unless_stopped());
        // The wait for the machine may have taken hours.
        plan.now = static_cast<std::uint64_t>(now_ms() / 1000);
        if (row.name == "evidence") {
            CO_TRY_VOID(choose(plan));
        }
        auto* done = known().find_step(job::installation, row.name);
        if (job::stands(known(), row)) {
            if (row.learn) {
                CO_TRY_VOID(row.learn(plan, done->proof_text));
            }
            continue;
        }
        if (row.name == "marker") {
            CO_TRY(only_finish, co_await pass_gate(plan));
        }
        if (only_finish && row.name != "finish") continue;
        if (plan.layout.format.empty() && row.phase != "installer" && row.phase != "gate") {
            CO_TRY_VOID(co_await lay_out(plan));
        }
        if (row.name == "format") plan.destroy = job::may_destroy(known());
        if (row.name == "copy") {
            std::string target = "/mnt";
            CO_TRY_VOID(
                co_await run_copy(job::installation, row, plan, session, plan.base, target, plan.base_bytes));
            continue;
        }
        auto extra = [&]() {
            if (row.name == "finish") return job::finishing(known(), plan, now_ms());
            std::vector<ledger::change> out;
            if (row.name == "files") out.push_back(job::key_written(known(), plan.temporary_key, now_ms()));
            return out;
        };
        CO_TRY_VOID(co_await run_row(job::installation, row, plan, session, extra));
    }
    co_return result<void>();
}

// Contract 1: the boot entry says `local`, and bootd has said that it does, before the reboot is ordered: a
// host that boots from the network first would get the installer again.
task<> host_job::reboot_to_disk(install::install_plan& plan, std::unique_ptr<ssh::host_session> session) {
    publish_entry();
    CO_TRY_VOID(co_await rack_.link->acknowledged());
    if (known().is_proven(job::installation, "reboot")) co_return result<void>();
    if (!session || !session->is_open()) {
        CO_TRY_VOID(co_await await_ssh("the host does not answer before its reboot"));
        // The installer, or after a crash of serve the installed system already.
        std::vector<std::string> keys{known().pins.temporary, job::installed_key(known())};
        CO_TRY(session, co_await open_as(std::move(keys)));
    }
    CO_TRY(auto boot_id, co_await session->expect(read_boot_id));
    auto* answer = known().find_step(job::installation, job::step_answer);
    bool is_installer = answer && boot_id.starts_with(answer->proof_text);
    if (!is_installer)
        co_return co_await prove(std::string(job::installation), "reboot", "has rebooted already");
    plan.boot_id = answer->proof_text;
    auto row = ssh::find_step(install::install_steps(), "reboot");
    CO_TRY_VOID(co_await run_row(job::installation, *row, plan, *session));
    // The host goes down when the connection has ended.
    co_return co_await session->close();
}

task<> host_job::await_installed(install::install_plan& plan) {
    auto* answer = known().find_step(job::installation, job::step_answer);
    if (answer) plan.boot_id = answer->proof_text;
    auto row = ssh::find_step(install::install_steps(), "installed");
    auto begin = steady::now();
    for (;;) {
        CO_TRY(auto pin, pin_of(job::installed_key(known())));
        auto back = await_other_boot(pin, plan.boot_id, "the installed system does not answer on SSH");
        CO_TRY(auto session, co_await std::move(back));
        auto proven = co_await run_row(job::installation, *row, plan, *session);
        if (proven) {
            keep(std::move(session));
            co_return result<void>();
        }
        // The installer may have come up again instead of the disk.
        bool passes = ssh::is_transient(proven.error()) || proven.error().code() == install_errc::bad_proof;
        if (!passes) co_return proven.error();
        say_if_overdue(begin, proven.error());
        CO_TRY_VOID(co_await sleep_for(200ms));
    }
}

}  // namespace landscaper::daemon
