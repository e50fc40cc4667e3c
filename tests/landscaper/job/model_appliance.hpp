// An appliance as a model around the real decisions: identities, disk choice, gate, grants, and what the
// ledger says before and after. Every advance() is one thing that a crash may come before or after.
#pragma once

#include "landscaper/job/arm.hpp"
#include "landscaper/job/gate.hpp"
#include "landscaper/job/identify.hpp"
#include "landscaper/job/installing.hpp"
#include "landscaper/job/life.hpp"
#include "tests/landscaper/job/truth.hpp"

namespace landscaper::tests {

struct counts {
    std::uint64_t commands = 0, on_blank = 0, resumed = 0, granted = 0, finished = 0, takeovers = 0,
                  holds = 0;
};

class model_appliance {
  public:
    // What is lost with a disk of the appliance, and comes back with a backup.
    struct durable {
        ledger::model ledger;
        std::map<install::id128, install::facts> facts;  // the proof texts of `facts` and `clock`
        std::map<install::id128, std::string> clocks;
    };

    model_appliance(disk_world& world, dice& random, counts& tally)
        : world_(world), random_(random), tally_(tally) {}

    durable state;
    sha256_digest key_id{};
    inventory::rack inventory;
    std::map<install::id128, std::string> grants;  // the files in the runtime folder
    install::appliance_time time{"boot-0", 100};
    ledger::unix_ms wall = 1700000000000;

    install::id128 new_id() {
        install::id128 out{};
        auto a = random_.next(), b = random_.next();
        for (std::size_t i = 0; i < 8; ++i) {
            out[i] = static_cast<std::uint8_t>(a >> (8 * i));
            out[8 + i] = static_cast<std::uint8_t>(b >> (8 * i));
        }
        return out;
    }

    void commit(const std::vector<ledger::change>& batch) {
        for (const auto& change : batch) ledger::apply(state.ledger, change);
    }

    void take_inventory() {
        auto found = job::identify(
            state.ledger, inventory, [this] { return new_id(); }, wall);
        commit(found.changes);
        held_back_ = std::move(found.held_back);
    }

    // serve is killed: what was only in memory is gone.
    void crash() {
        runs_.clear();
        seen_.clear();
        arming_.reset();
    }

    // The appliance itself: its runtime folder may be a tmpfs or (wrongly) lie on a disk.
    void reboot() {
        crash();
        time = {"boot-" + std::to_string(random_.next()), random_(100)};
        if (random_.one_in(2)) grants.clear();
    }

    void pass_time(std::uint64_t seconds) { time.seconds += seconds; }

    // What the firmware of this machine is told, and does.
    void boots(model_machine& m) {
        for (const auto& mac : m.mac) {
            auto* known = state.ledger.find_mac(mac);
            if (!known) continue;
            auto stage = job::boot_stage(*known);
            auto* payload = known->payload_in_force();
            if (stage == pxe::stage::install && payload) {
                m.installer_key = payload->public_key;
                m.accepts = key_id;
            }
            m.is_on_disk = stage == pxe::stage::local;
            return;
        }
    }

    // A foreign engine's `create`, a retry, or just the next moment.
    void advance(const install::id128& id) {
        auto found = state.ledger.hosts.find(id);
        if (found == state.ledger.hosts.end()) return;
        const auto& known = found->second;
        if (auto present = runs_.find(id); present != runs_.end()) {
            if (!go_on(known, present->second)) runs_.erase(id);
            return;
        }
        begin(known);
    }

    // A person reads what would be lost, and types the name; carried out in two moments.
    void arm(const install::id128& id, bool types_another_name) {
        auto found = state.ledger.hosts.find(id);
        if (found == state.ledger.hosts.end()) return;
        const auto& known = found->second;
        auto preview = job::preview_wipe(known, declared(known), seen_[id]);
        if (!preview) return;
        std::vector<std::string> shown;
        for (const auto& disk : preview->disks) shown.push_back(disk.identity);
        if (!job::agree(*preview, known.name, types_another_name ? "somebody" : known.name, shown)) return;
        if (types_another_name) throw violation{"another host's name allowed a wipe"};
        install::grant given{id, job::attempt_to_open(known, *preview), shown, true};
        grants[id] = install::grant_text(given, time, std::chrono::hours(1));
        promises_[id] = {time.boot_id,
                         time.seconds + 3600,
                         given.attempt,
                         state.ledger.rack,
                         {shown.begin(), shown.end()}};
        if (preview->reinstalls) arming_ = id;
    }
    void disarm(const install::id128& id) {
        auto found = state.ledger.hosts.find(id);
        if (found == state.ledger.hosts.end()) return;
        auto what = job::what_to_disarm(found->second, grants.contains(id));
        if (what == job::disarming::nothing) return;
        grants.erase(id);
        promises_.erase(id);
        if (what == job::disarming::permission) return;
        runs_.erase(id);
        commit({ledger::attempt_dropped{id, job::standing_nonce(found->second), wall}});
    }
    void end_arming() {
        if (!arming_) return;
        runs_.erase(*arming_);
        commit({ledger::attempt_started{*arming_, new_id(), wall}});
        arming_.reset();
    }

    void retire(const install::id128& id) {
        commit({ledger::host_retired{id}});
        runs_.erase(id);
    }

  private:
    struct run {
        std::size_t machine = 0;
        std::string boot_id;  // of the session
        install::install_plan plan;
        std::size_t row = 0;
        enum class moment { intend, act, prove } at = moment::intend;
        bool only_finish = false, is_granted = false;
        std::vector<model_disk> seen;  // the disks as they were when the evidence was read
    };

    const inventory::host* declared(const ledger::host& known) const {
        for (const auto& mac : known.mac) {
            if (auto* found = inventory.find(mac)) return found;
        }
        return nullptr;
    }

    void begin(const ledger::host& known) {
        auto standing = job::standing_of(known);
        if (standing >= job::standing::rebooting) return answers(known);
        bool is_stopped = !known.managed || known.held || known.rescue || !declared(known) ||
                          held_back_.contains(known.name);
        if (is_stopped) return;
        if (job::needs_payload(known, !random_.one_in(50))) return make_payload(known);
        if (standing == job::standing::fresh) {
            return commit({ledger::step_proof{known.id, std::string(job::installation_pxe_nbp),
                                              std::string(job::step_entry), "in the boot table", wall}});
        }
        std::vector<std::size_t> answering;
        for (std::size_t i = 0; i < world_.machines.size(); ++i) {
            const auto& m = world_.machines[i];
            if (!m.installer_key.empty() && m.installer_key == known.pins.temporary && m.accepts == key_id)
                answering.push_back(i);
        }
        if (answering.empty()) return;
        run started;
        started.machine = answering[random_(answering.size())];
        started.boot_id = world_.machines[started.machine].boot_id;
        auto& plan = started.plan;
        plan.name = known.name;
        plan.rack = state.ledger.rack;
        plan.host = known.id;
        plan.nonce = known.nonce;
        plan.key_id = key_id;
        plan.attempt = known.attempt;
        plan.now = static_cast<std::uint64_t>(wall / 1000);
        plan.temporary_key = known.pins.temporary;
        commit(job::answered(known, started.boot_id, "10.0.0.11", wall));
        runs_.emplace(known.id, std::move(started));
    }

    void make_payload(const ledger::host& known) {
        auto key = "ssh-ed25519 " + std::to_string(random_.next());
        commit({ledger::payload_made{known.id, std::to_string(random_.next()), key, wall},
                ledger::step_proof{known.id, std::string(job::installation_host_key),
                                   std::string(job::step_payload), "made", wall}});
    }

    // From the finished marker on: the rest of the chain proves itself some time, if the host boots its disk.
    void answers(const ledger::host& known) {
        if (job::standing_of(known) == job::standing::ok || !known.managed) return;
        for (const auto& step : job::chain()) {
            if (known.is_proven(step.resource, step.name)) continue;
            std::vector<ledger::change> batch;
            if (step.name == job::step_withdraw) {
                batch.push_back(ledger::pin_pending{known.id, "permanent"});
                batch.push_back(ledger::pin_promoted{known.id});
                batch.push_back(ledger::payload_withdrawn{known.id, wall});
            }
            batch.push_back(ledger::step_proof{known.id, std::string(step.resource), std::string(step.name),
                                               "proven", wall});
            return commit(batch);
        }
    }

    // One moment of the table of steps; false when the run ends.
    bool go_on(const ledger::host& known, run& r) {
        auto& m = world_.machines[r.machine];
        auto rows = install::install_steps();
        const auto& row = rows[r.row];
        if (m.boot_id != r.boot_id || row.name == "reboot") return false;
        if (r.at == run::moment::prove) {
            prove(known, r, row);
            return advance_row(r);
        }
        if (r.at == run::moment::act) {
            r.at = run::moment::prove;
            return act(known, r, row, m);
        }
        if (row.name == "evidence" && !choose(known, r)) return false;
        if (job::stands(known, row)) {
            learn(known, r, row);
            return advance_row(r);
        }
        if (row.name == "marker" && !pass_gate(known, r)) return false;
        if (r.only_finish && row.name != "finish") return advance_row(r);
        commit({ledger::step_intent{known.id, std::string(job::installation), std::string(row.name), wall}});
        r.at = run::moment::act;
        return true;
    }

    static bool advance_row(run& r) {
        ++r.row;
        r.at = run::moment::intend;
        return true;
    }

    bool choose(const ledger::host& known, run& r) {
        auto* from = declared(known);
        if (!from) return false;
        auto choice = job::choose_disks(from->disk, r.plan.machine);
        if (!choice) return false;
        r.plan.disks = std::move(choice->chosen);
        r.plan.others = std::move(choice->others);
        return true;
    }

    bool pass_gate(const ledger::host& known, run& r) {
        auto* from = declared(known);
        if (!from) return false;
        std::optional<install::grant> given;
        if (auto file = grants.find(known.id); file != grants.end())
            given = install::parse_grant(file->second, known.id, time);
        auto question = job::gate_question(known, r.plan, from->disk.wipe, std::move(given));
        auto verdict = install::decide(question);
        if (auto* go = std::get_if<install::proceed>(&verdict)) {
            r.plan.destroy = go->destroy;
            must_be_open_to(r.plan, r.seen, declared(known)->disk.wipe);
            if (!go->destroy) must_agree(r.plan, r.seen, known.markers);
            (go->destroy ? tally_.granted : go->resumes ? tally_.resumed : tally_.on_blank) += 1;
            if (go->destroy) {
                must_be_allowed(known, r.plan);
                r.is_granted = true;
                grants.erase(known.id);
                promises_.erase(known.id);
                if (random_.one_in(20)) return false;  // killed between the grant's end and the ledger
            }
            seen_.erase(known.id);
            commit(job::opening(known, r.plan, wall));
            return true;
        }
        seen_[known.id] = job::seen_in(r.plan.evidence);
        r.only_finish = std::holds_alternative<install::finish>(verdict);
        if (r.only_finish) must_be_finishing(r.plan, r.seen);
        tally_.takeovers += std::holds_alternative<install::offer_takeover>(verdict);
        tally_.holds += std::holds_alternative<install::hold>(verdict);
        return r.only_finish;
    }

    void must_be_allowed(const ledger::host& known, const install::install_plan& plan) const {
        auto promised = promises_.find(known.id);
        if (promised == promises_.end()) throw violation{"a wipe without a person's word"};
        must_be_meant(promised->second, plan, time, declared(known)->disk.wipe);
    }

    void learn(const ledger::host& known, run& r, const install::install_step& row) const {
        if (row.name == "clock") r.plan.boot_id = state.clocks.at(known.id);
        if (row.name == "facts") r.plan.machine = state.facts.at(known.id);
    }

    // The script of the row, on the machine. False: it failed there.
    bool act(const ledger::host& known, run& r, const install::install_step& row, const model_machine& m) {
        auto& plan = r.plan;
        if (row.name == "clock") plan.boot_id = m.boot_id;
        if (row.name == "facts") plan.machine = world_.facts_of(m);
        if (row.name == "evidence") return look(r, m);
        using check = disk_world::check;
        if (row.name == "marker")
            return write(plan, m, plan.destroy ? check::only_there : check::blank_or_open, r);
        if (row.name == "format") {
            plan.destroy = job::may_destroy(known);
            return write(plan, m, check::open, r) && !random_.one_in(8);
        }
        if (row.name == "finish") return write(plan, m, check::open_or_finished, r);
        return true;
    }

    bool look(run& r, const model_machine& m) const {
        r.plan.evidence.clear();
        r.seen.clear();
        for (const auto& disk : r.plan.disks) {
            auto seen = world_.evidence_of(m, disk);
            if (!seen) return false;
            r.plan.evidence.push_back(std::move(*seen));
            r.seen.push_back(world_.disks[static_cast<std::size_t>(world_.disk_at(m, disk.path))]);
        }
        return true;
    }

    // A disk-writing command is issued here, and nowhere else.
    bool write(const install::install_plan& plan, const model_machine& m, disk_world::check which, run& r) {
        auto reached = world_.reach(m, plan, which);
        if (!reached) return false;
        ++tally_.commands;
        auto me = author_of(plan);
        bool finishes = which == disk_world::check::open_or_finished;
        bool marks = which == disk_world::check::only_there || which == disk_world::check::blank_or_open;
        for (int index : *reached) {
            auto& disk = world_.disks[static_cast<std::size_t>(index)];
            bool own = disk.holds == model_disk::content::attempt && disk.by == me;
            // The same marker once more, where it lies already: nothing is lost.
            bool own_end = finishes && disk_world::carries(disk, plan, install::marker_state::finished);
            bool blank = marks && disk.holds == model_disk::content::nothing;
            bool granted = marks && plan.destroy && r.is_granted;
            if (!own && !own_end && !blank && !granted)
                throw violation{"a disk-writing command without proven blankness or a live grant: " +
                                disk.reason};
        }
        for (int index : *reached) {
            auto& disk = world_.disks[static_cast<std::size_t>(index)];
            disk.signatures.clear();
            auto state_of = finishes ? install::marker_state::finished : install::marker_state::open;
            world_.write_marker(disk, plan, state_of);
            if (!marks) disk.signatures = {{plan.disks.front().path, 512, "gpt", ""}};
            if (random_.one_in(30)) return false;  // the power goes between two disks
        }
        if (marks) r.is_granted = false;
        return true;
    }

    void prove(const ledger::host& known, run& r, const install::install_step& row) {
        if (row.name == "clock") state.clocks[known.id] = r.plan.boot_id;
        if (row.name == "facts") state.facts[known.id] = r.plan.machine;
        bool finishes = row.name == "finish";
        auto batch = finishes ? job::finishing(known, r.plan, wall) : std::vector<ledger::change>();
        batch.push_back(ledger::step_proof{known.id, std::string(job::installation), std::string(row.name),
                                           "proven", wall});
        tally_.finished += finishes;
        commit(batch);
    }

    disk_world& world_;
    dice& random_;
    counts& tally_;
    std::map<install::id128, run> runs_;
    std::map<install::id128, std::vector<job::seen_disk>> seen_;
    std::map<install::id128, promise> promises_;
    std::map<std::string, std::string> held_back_;
    std::optional<install::id128> arming_;
};

}  // namespace landscaper::tests
