// How a job waits and how it runs one step: intent, effect, proof. What the steps are is in the plan tables.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/base64.hpp"
#include "landscaper/base/hex.hpp"
#include "landscaper/base/json_in.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/daemon/host_job.hpp"
#include "landscaper/daemon/host_row.hpp"
#include "landscaper/daemon/kill_point.hpp"
#include "landscaper/job/gate.hpp"
#include "landscaper/job/life.hpp"
#include "landscaper/job/patience.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

// How long a machine may take to answer again after it was last heard of, before a person is asked to look.
static constexpr auto answer_deadline = 10min;

// How long until the ledger is tried again.
static constexpr auto between_writes = 5s;

result<void> host_job::unless_stopped() const {
    if (auto why = job::stopped_by(known())) return error(install::install_errc::hold, std::move(*why));
    if (declared()) return {};
    return error(install::install_errc::hold, job::gone_from_inventory(known().name));
}

// What cannot be recorded has not happened: the host waits where it is until there is room again.
task<> host_job::commit(std::vector<ledger::change> batch) {
    pass_kill_point(batch, ledger_line::coming);
    auto condition = status_.condition, sentence = status_.sentence;
    bool has_waited = false;
    for (;;) {
        auto writing = rack_.ledger->commit(batch);
        auto written = co_await std::move(writing);
        if (written) break;
        if (written.error().code() != ledger::store_errc::not_written) co_return written.error();
        has_waited = true;
        set("HOLD", rack_.opts.state + "/ledger.sqlite cannot be written (" + written.error().context() +
                        "); make room there, then it goes on by itself");
        auto woken = co_await woken_.wait_until(steady::now() + between_writes);
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
    if (has_waited) set(condition, sentence);
    pass_kill_point(batch, ledger_line::durable);
    rack_.changed();
    co_return result<void>();
}

task<> host_job::intend(std::string resource, std::string step, bool again) {
    auto* present = known().find_step(resource, step);
    if (present && present->intent && !present->proof && !again) co_return result<void>();
    std::vector<ledger::change> batch;
    batch.push_back(ledger::step_intent{id_, std::move(resource), std::move(step), now_ms()});
    co_return co_await commit(std::move(batch));
}

task<> host_job::prove(std::string resource, std::string step, std::string proof) {
    std::vector<ledger::change> batch;
    batch.push_back(
        ledger::step_proof{id_, std::move(resource), std::move(step), std::move(proof), now_ms()});
    co_return co_await commit(std::move(batch));
}

void host_job::tell() const {
    if (!say_) return;
    auto kind = status_.condition == "run" ? engine::progress_kind::working : engine::progress_kind::person;
    say_({kind, status_.sentence, 0, 0, ""});
}

void host_job::set(std::string condition, std::string sentence) {
    sentence = text::printable(sentence, 600);
    if (status_.condition == condition && status_.sentence == sentence) return;
    status_.condition = std::move(condition);
    status_.sentence = std::move(sentence);
    status_.unit.clear();
    tell();
    if (status_.condition != "run") rack_.log(known().name, status_.condition + ": " + status_.sentence);
    rack_.changed();
}

void host_job::set_progress(const std::string& unit, std::uint64_t done, std::uint64_t total) {
    auto now = steady::now();
    if (status_.unit != unit || done < status_.done) {
        status_.unit = unit;
        status_.done = done;
        status_.measured = now;
        status_.rate = 0;
    } else if (now - status_.measured > 1s) {
        auto passed = std::chrono::duration<double>(now - status_.measured).count();
        status_.rate = static_cast<std::uint64_t>(static_cast<double>(done - status_.done) / passed);
        status_.done = done;
        status_.measured = now;
    }
    status_.total = total;
    rack_.changed();
}

void host_job::on_line(std::string_view line) {
    if (copy_.on_line(line)) {
        const auto& now = copy_.now();
        status_.progressed = steady::now();
        set_progress("bytes", now.bytes, now.bytes_expected);
        if (turn_) turn_->copied(now.bytes);
        return;
    }
    if (line.starts_with("@nix ")) return;
    status_.progressed = steady::now();
    status_.log.push_back(text::printable(line, 400));
    if (status_.log.size() > 200) status_.log.pop_front();
    rack_.changed();
}

std::string host_job::address() const {
    auto* from = declared();
    if (from && from->ip) return from->ip->address.text();
    return announced_.empty() ? known().address : announced_;
}

void host_job::on_here(std::string_view body) {
    auto text = from_base64(body);
    if (!text) return;
    auto json = json_in(as_text(*text), 4096, 4);
    if (!json || !json->is_object() || !json->contains("address") || !(*json)["address"].is_string()) return;
    auto address = ip_address::parse((*json)["address"].get<std::string>());
    if (!address) return;
    announced_ = address->text();
    on_seen("fetched");
}

ssh::endpoint host_job::endpoint() const {
    ssh::endpoint out;
    out.address = address();
    out.port = rack_.ssh.port;
    out.identity_file = rack_.client.private_key_file;
    return out;
}

result<ssh::pin> host_job::pin_of(const std::string& public_key) const {
    TRY(auto key, ssh::public_key::parse(public_key));
    return ssh::make_pin(to_hex(id_), key);
}

task<std::unique_ptr<ssh::host_session>> host_job::open_as(std::vector<std::string> keys) {
    error last(ssh::ssh_errc::bad_key, "no host key of " + known().name + " is known");
    for (const auto& key : keys) {
        CO_TRY(auto pin, pin_of(key));
        auto session = std::make_unique<ssh::host_session>(rack_.executor, rack_.ssh, endpoint(), pin);
        auto opened = co_await session->open();
        if (opened) co_return std::move(session);
        last = opened.error();
        if (last.code() != ssh::ssh_errc::impostor) co_return last;
    }
    co_return last;
}

task<> host_job::await_ssh(std::string sentence) {
    auto begin = now_ms();
    for (;;) {
        auto where = address();
        if (!where.empty()) {
            auto answered = co_await ssh::probe(where, rack_.ssh.port, 3s);
            if (answered) co_return result<void>();
        }
        auto heard = std::max(status_.last_seen, begin);
        bool had_disk = !known().pins.permanent.empty();
        bool was_seen = status_.last_seen >= known().attempt_started && status_.last_seen > 0;
        bool overdue = now_ms() - heard > std::chrono::milliseconds(answer_deadline).count();
        bool installed = known().is_proven(job::installation, "finish");
        auto fits = boots_by_ && declared() && !installed ? job::check_firmware(*declared(), *boots_by_)
                                                          : result<void>();
        if (!fits) {
            set("HOLD", fits.error().context());
        } else if (!was_seen && !installed) {
            set("person", !had_disk ? "switch it on; it is to boot from the network"
                                    : "it does not answer under its host key; switch it off and on, and "
                                      "choose the network once in its firmware's boot menu");
        } else if (overdue) {
            set("HOLD", sentence + " at " + where + " for 10 minutes; look at its screen, or restart it");
        } else {
            set("run",
                "waits: " + sentence + (where.empty() ? ", its address is not known yet" : " at " + where));
        }
        auto woken = co_await woken_.wait_until(steady::now() + (was_seen || installed ? 200ms : 3s));
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
}

void host_job::say_if_overdue(steady_time begin, const error& why) {
    if (steady::now() - begin < answer_deadline) return;
    set("HOLD", why.message() + ", for 10 minutes; look at its screen, or restart it");
}

task<> host_job::until_done(std::function<task<>()> once, bool is_bounded) {
    job::retries tries;
    bool has_looked_again = false;
    for (;;) {
        auto outcome = co_await once();
        if (outcome || outcome.error().code() == async_errc::cancelled) co_return outcome;
        auto failure = outcome.error();
        auto pause = steady::now() + 5s;
        if (failure.code() == install::install_errc::hold) {
            set("HOLD", failure.context());
            CO_TRY_VOID(co_await asked_.wait());
            continue;
        }
        auto who = job::stranger::impostor;
        if (failure.code() == ssh::ssh_errc::impostor) {
            CO_TRY(who, co_await stranger_here(has_looked_again));
        }
        has_looked_again = who == job::stranger::look_again;
        if (who != job::stranger::impostor) {
            set("run", "the rescue system shuts down");
            pause = steady::now() + 200ms;
        } else if (failure.code() == ssh::ssh_errc::impostor) {
            set("HOLD",
                "refused: " + address() + " answers with another host key than the pinned one; " +
                    "another machine has this address, or this one did not boot landscaper's payload");
        } else if (ssh::is_transient(failure)) {
            auto wait = tries.after_failure(known());
            if (!wait && is_bounded)
                co_return failure.in("given up after " + std::to_string(job::retries::most) + " tries");
            set("run", failure.message() + "; trying again");
            pause = steady::now() + wait.value_or(30s);
        } else {
            // A step that is only silent still runs: whoever asks again watches it, and never starts it
            // twice.
            bool is_silent = failure.code() == ssh::ssh_errc::stalled;
            is_retry_ = !is_silent;
            if (!is_silent) co_return failure;
            co_return error(ssh::ssh_errc::stalled,
                            failure.context() + "; look at its screen, and restart it where it hangs");
        }
        auto woken = co_await woken_.wait_until(pause);
        if (!woken && woken.error().code() == async_errc::cancelled) co_return woken.error();
    }
}

// A script is at work on the host: from now on silence is told.
class working {
  public:
    explicit working(job_status& of) : of_(of) {
        of_.progressed = steady::now();
        of_.works = true;
    }
    working(const working&) = delete;
    working& operator=(const working&) = delete;
    ~working() { of_.works = false; }

  private:
    job_status& of_;
};

// What a failed script printed, for the person who looks at it; the last lines are what matters.
void host_job::keep_lines(std::string_view text) {
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        on_line(line);
    }
}

error host_job::failed_with(int exit_code, const std::string& errors) const {
    auto last = status_.log.empty() ? errors : status_.log.back();
    auto what = "exit status " + std::to_string(exit_code) + ": " + text::printable(last, 300);
    return {ssh::ssh_errc::command_failed, std::move(what)};
}

task<std::string> host_job::effect(std::string id, std::string script, std::string input, ssh::run_as how,
                                   std::chrono::seconds quiet, ssh::host_session& session) {
    status_.log.clear();
    working now(status_);
    auto on_output = [this](std::string_view line) { on_line(line); };
    if (how == ssh::run_as::session) {
        ssh::run_options options;
        options.input = std::move(input);
        options.deadline = quiet;
        CO_TRY(auto said, co_await session.run(std::move(script), std::move(options)));
        if (said.exit_code == 0) co_return std::move(said.output);
        keep_lines(said.output);
        keep_lines(said.errors);
        co_return failed_with(said.exit_code, said.errors);
    }
    ssh::detached_options options;
    options.quiet = quiet;
    options.on_output = on_output;
    options.on_quiet = [this](steady::duration age) {
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
        rack_.log(known().name, "no progress for " + std::to_string(seconds) + " s: " + status_.sentence);
    };
    CO_TRY(auto ended, co_await session.run_detached(std::move(id), std::move(script), std::move(options)));
    if (ended.exit_code != 0) {
        co_return failed_with(ended.exit_code, ended.errors);
    }
    co_return std::move(ended.output);
}

}  // namespace landscaper::daemon
