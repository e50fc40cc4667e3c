// The stage nixos.system: copy, activate with a dead-man roll-back, one reboot where the kernel differs, and
// the proof that the host runs that generation. The rows and their order are in install/system.hpp.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/daemon/host_row.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

task<engine::value> host_job::deploy(nlohmann::json inputs) {
    auto toplevel = inputs.value("toplevel", "");
    bool proven = job::standing_of(known()) == job::standing::ok && !known().generations.empty() &&
                  known().generations.back().toplevel == toplevel;
    if (proven) {
        CO_TRY(auto other, co_await changed_since_proven(stage::system));
        proven = other.empty();
        if (!proven) {
            rack_.log(known().name, "somebody made it run " + text::printable(other, 200) + " instead of " +
                                        toplevel + ": activates that again");
            CO_TRY_VOID(co_await aim_at(toplevel, true));
        }
    }
    if (!proven) {
        deploying_since_ = now_ms();
        has_begun_anew_ = false;
        CO_TRY_VOID(co_await until_done([this, inputs] { return deploy_once(inputs); }));
    }
    set("run", "");
    nlohmann::json outputs;
    outputs["generation"] = known().generations.back().number;
    outputs["toplevel"] = known().generations.back().toplevel;
    co_return engine::value(std::move(outputs));
}

task<> host_job::deploy_once(nlohmann::json inputs) {
    CO_TRY_VOID(unless_stopped());
    auto* from = declared();
    bool is_unconfirmed = from && from->trust == inventory::trust_mode::confirm &&
                          !known().is_proven(job::nixos, job::step_trust);
    if (is_unconfirmed) co_return co_await ask_for_trust();
    auto where = from && from->ip ? std::optional(from->ip->address) : std::nullopt;
    install::system_plan plan;
    plan.name = known().name;
    plan.toplevel = inputs.value("toplevel", "");
    CO_TRY_VOID(co_await aim_at(plan.toplevel, false));
    plan.cache_url = rack_.cache_url_for(where);
    plan.cache_key = rack_.cache_key;
    CO_TRY(auto closure, co_await rack_.nix->closure_of(plan.toplevel));
    CO_TRY_VOID(co_await leave_out_base(closure));
    plan.toplevel_bytes = closure.nar_size();
    copy_ = install::copy_watch(std::move(closure.sizes));
    CO_TRY_VOID(co_await rack_.nix->check_admission(plan.toplevel, rack_.client.key.text()));
    co_return co_await system_rows(plan);
}

// What the installation brought is on the host already, and is not copied again.
task<> host_job::leave_out_base(nix::closure& closure) {
    auto* copied = known().find_step(job::installation, "copy");
    if (!copied || !copied->proof) co_return result<void>();
    auto proof = json_in(copied->proof_text, 4096, 4);
    if (!proof || !proof->is_object()) co_return result<void>();
    auto there = co_await rack_.nix->closure_of(proof->value("base", ""));
    if (!there) co_return result<void>();  // collected here since; then more is counted than is copied
    for (const auto& [path, size] : there->sizes) closure.sizes.erase(path);
    co_return result<void>();
}

// What was done for another toplevel proves nothing for this one, and what was begun for it is not gone on
// with. `is_anew`: nor does what was done for this one, which somebody else has undone.
task<> host_job::aim_at(std::string toplevel, bool is_anew) {
    std::string resource(job::nixos);
    auto* before = known().find_step(resource, job::step_target);
    if (!is_anew && before && before->proof_text == toplevel) co_return result<void>();
    std::vector<ledger::change> batch;
    for (const auto& row : install::system_steps()) {
        if (!known().find_step(resource, row.name)) continue;
        batch.push_back(ledger::step_intent{id_, resource, std::string(row.name), now_ms()});
    }
    batch.push_back(
        ledger::step_proof{id_, resource, std::string(job::step_target), std::move(toplevel), now_ms()});
    co_return co_await commit(std::move(batch));
}

// On the server's own console, which nobody in between can write to.
static constexpr const char* show_fingerprint =
    "{ echo; echo \"landscaper: the host key of this server:\"; ssh-keygen -lf "
    "/etc/ssh/ssh_host_ed25519_key.pub || "
    "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key; } >/dev/console 2>&1";

// `trust: confirm`: nothing more is sent to the host until a person has compared its key.
task<> host_job::ask_for_trust() {
    CO_TRY_VOID(co_await await_ssh("the host does not answer on SSH"));
    CO_TRY(auto pin, pin_of(known().pins.permanent));
    ssh::host_session session(rack_.executor, rack_.ssh, endpoint(), pin);
    CO_TRY_VOID(co_await session.open());
    CO_TRY_VOID(co_await session.expect(show_fingerprint));
    co_return error(install::install_errc::hold,
                    "its own screen shows the fingerprint of its host key; type the last 8 characters: "
                    "landscaper trust " +
                        known().name + " CHARACTERS");
}

// Services that a switch started have had their say on the network by then.
static constexpr auto settling = 5s;

task<> host_job::begin_anew(install::system_plan plan, error why) {
    auto* activation = known().find_step(job::nixos, "activate");
    bool was_there = activation && activation->intent >= deploying_since_;
    CO_TRY_VOID(co_await aim_at(plan.toplevel, true));
    if (has_begun_anew_ || !install::is_excused(why, was_there)) co_return why;
    has_begun_anew_ = true;
    rack_.log(plan.name, why.message() + "; activates it again");
    plan.is_default_at_once = false;
    co_return co_await system_rows(plan);
}

task<> host_job::system_rows(install::system_plan& plan) {
    CO_TRY(auto pin, pin_of(known().pins.permanent));
    auto session = take(pin);
    if (!session) {
        session = std::make_unique<ssh::host_session>(rack_.executor, rack_.ssh, endpoint(), pin);
    }
    bool has_come_back = false;
    std::string done;
    for (;;) {
        auto next = install::next_system_step(plan, done);
        if (next.empty()) co_return result<void>();
        auto row = ssh::find_step(install::system_steps(), next);
        done = next;
        auto* before = known().find_step(job::nixos, next);
        if (before && before->proof) {
            if (row->learn) {
                CO_TRY_VOID(row->learn(plan, before->proof_text));
            }
            continue;
        }
        auto* rebooted = known().find_step(job::nixos, "restart");
        bool is_away = rebooted && rebooted->proof && next != "restart" && !has_come_back;
        if (is_away) {
            auto back = await_other_boot(pin, plan.boot_id, "the host does not come back from its reboot");
            CO_TRY(session, co_await std::move(back));
            has_come_back = true;
        }
        if (!session->is_open()) {
            CO_TRY_VOID(co_await await_ssh("the host does not answer on SSH"));
        }
        if (next == "activate") {
            CO_TRY_VOID(co_await intend(std::string(job::nixos), "activate", is_retry_));
        }
        if (auto* activation = known().find_step(job::nixos, "activate")) {
            plan.activation =
                "a" + std::to_string(known().attempt) + "." + std::to_string(activation->intent);
        }
        CO_TRY_VOID(co_await session->open());
        if (next == "copy") {
            std::string own_store;
            CO_TRY_VOID(co_await run_copy(job::nixos, *row, plan, *session, plan.toplevel, own_store,
                                          plan.toplevel_bytes));
            continue;
        }
        auto extra = [&]() {
            std::vector<ledger::change> batch;
            if (next != "generation") return batch;
            ledger::generation proven{static_cast<std::int64_t>(plan.generation), plan.toplevel, now_ms()};
            batch.push_back(ledger::generation_proven{id_, std::move(proven)});
            return batch;
        };
        auto ran = co_await run_row(job::nixos, *row, plan, *session, extra);
        if (!ran) {
            auto why = ran.error();
            if (install::is_back(why)) co_return co_await begin_anew(plan, why);
            co_return why;
        }
        if (next == "activate" && plan.is_default_at_once) {
            rack_.log(plan.name,
                      "its boot loader cannot start the new kernel just once: it is the default at once");
        }
        bool is_switched = next == "activate" && !plan.needs_reboot;
        bool is_changed = next == "restart" || is_switched;
        if (!is_changed) continue;
        // What was open before says nothing of whether the host can still be reached.
        auto closed = co_await session->close();
        static_cast<void>(closed);
        session = std::make_unique<ssh::host_session>(rack_.executor, rack_.ssh, endpoint(), pin);
        if (is_switched) {
            CO_TRY_VOID(co_await sleep_for(settling));
        }
    }
}

}  // namespace landscaper::daemon
