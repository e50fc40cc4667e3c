// What people and the passing of time ask of the scheduler, and how operations end badly.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/engine/scheduler_machine.hpp"

namespace landscaper::engine {

void scheduler::machine::handle(const cancel_requested& what) {
    for (auto& [at, n] : nodes_) {
        if (!is_within_any(at, what.roots)) continue;
        if (n.in_flight) {
            if (!n.in_flight->to_record) out_.push_back(cancel{n.in_flight->what.run});
            n.in_flight->is_outdated = false;  // a person wants it stopped, not begun anew
            continue;
        }
        if (n.status != resource_status::ready && n.status != resource_status::waiting) continue;
        n.held = setback{n.op, n.inputs, resource_status::cancelled, "cancelled", std::nullopt};
        mark(at);
    }
}

void scheduler::machine::handle(const retry_requested& what) {
    for (auto& [at, n] : nodes_) {
        if (n.in_flight || !is_within_any(at, what.roots)) continue;
        n.held.reset();
        n.failures = 0;
        repaired_.erase(at);
        // A person has looked. What is sent again anyway stays in doubt until it works.
        bool is_asked = n.in_doubt && n.status == resource_status::person;
        judgement shown;
        shown.op = n.op;
        shown.inputs = n.inputs;
        is_asked = is_asked && !may_be_sent(n, shown);
        if (!n.wanted || !n.wanted->policy.create_is_idempotent || is_asked) n.in_doubt.reset();
        n.was_read = false;
        mark(at);
    }
}

// Somebody looked at what is there. What is in flight will say itself, unless that is about something else: a
// note, or what this one replaced.
void scheduler::machine::handle(const looked& what) {
    auto found = nodes_.find(what.at);
    if (found == nodes_.end()) return;
    auto& n = found->second;
    bool is_of_another = n.in_flight && (n.in_flight->what.op == operation::note ||
                                         n.in_flight->what.op == operation::remove_old);
    if (n.in_flight && !is_of_another) return;
    const auto* entry = entry_of(what.at);
    bool is_stateless = n.wanted && !n.wanted->is_stateful;
    if (is_stateless ? !n.applied : !entry) return;
    const auto& left = is_stateless ? n.applied->first : entry->inputs;
    std::string names;
    for (const auto& [name, seen] : what.inputs->items()) {
        auto was = left->find(name);
        if (was != left->end() && is_same(*was, seen)) continue;
        names += (names.empty() ? "" : ", ") + name;
    }
    n.drifted.reset();
    if (!what.exists) n.drifted = drift{true, "is gone: somebody else removed it"};
    if (what.exists && !names.empty()) n.drifted = drift{false, "was changed by somebody else: " + names};
    mark(n.at);
    if (shown_.insert(n.at).second) out_.push_back(changed{n.at});
}

void scheduler::machine::handle(const operating& what) {
    auto found = nodes_.find(what.at);
    if (found != nodes_.end()) found->second.is_operated = true;
}

void scheduler::machine::handle(const operated& what) {
    auto found = nodes_.find(what.at);
    if (found == nodes_.end()) return;
    auto& n = found->second;
    n.is_operated = false;
    const auto* entry = entry_of(what.at);
    bool is_stateless = n.wanted && !n.wanted->is_stateful;
    if (what.outputs && is_stateless && n.applied) n.applied->second = *what.outputs;
    if (what.outputs && !is_stateless && entry && !n.in_flight) {
        rewrite(n, {entry->type, entry->inputs, *what.outputs, entry->extra});
    }
    mark(what.at);
}

void scheduler::machine::handle(const repairs_allowed& what) {
    repaired_types_ = what.types;
    for (const auto& [at, n] : nodes_) {
        if (n.drifted) mark(at);
    }
}

void scheduler::machine::handle(const import_requested& what) {
    for (auto& [at, n] : nodes_) {
        if (n.in_flight || !n.wanted || entry_of(at) || !is_within_any(at, what.roots)) continue;
        n.is_to_be_imported = true;
        n.was_read = false;
        n.held.reset();
        mark(at);
    }
}

void scheduler::machine::handle(const lent& what) {
    auto found = lent_.find(what.at);
    bool is_same = found == lent_.end() ? !what.is_there : what.is_there && found->second == what.outputs;
    if (is_same) return;
    if (what.is_there)
        lent_[what.at] = what.outputs;
    else
        lent_.erase(what.at);
    mark_dependants(what.at);
}

void scheduler::machine::handle(const tick&) {
    for (auto i = timed_.begin(); i != timed_.end();) {
        auto found = nodes_.find(*i);
        auto due = found == nodes_.end() ? std::nullopt : due_at(found->second);
        if (due && *due > now_) {
            ++i;
            continue;
        }
        i = timed_.erase(i);
        if (!due) continue;
        auto& n = found->second;
        if (!n.in_flight) {
            mark(n.at);
            continue;
        }
        if (!n.in_flight->to_record) {
            give_up_waiting(n);
            continue;
        }
        n.in_flight->record_again_at.reset();
        out_.push_back(*n.in_flight->to_record);
    }
}

// Too long without a word: it is stopped, and what it still says is waited for as for any other that is.
void scheduler::machine::give_up_waiting(node& n) {
    n.in_flight->is_timed_out = true;
    out_.push_back(cancel{n.in_flight->what.run});
}

// Who waits for a person may wait for days, and would then do what nobody wants any more: it is stopped, and
// begins anew with what is declared now. Only what may be sent twice.
void scheduler::machine::stop_if_outdated(node& n) {
    auto& f = *n.in_flight;
    bool is_change = f.what.op == operation::create || f.what.op == operation::update;
    bool may_stop = is_change && f.waits_for_person && !f.is_outdated && !f.is_timed_out && !f.to_record;
    if (!may_stop || !n.wanted || !n.wanted->policy.create_is_idempotent) return;
    auto now = resolve(*n.wanted, around(n));
    if (!now.inputs || *now.inputs == f.what.inputs) return;
    f.is_outdated = true;
    out_.push_back(cancel{f.what.run});
}

void scheduler::machine::take_outcome(node& n, const failed& what) {
    const auto& f = *n.in_flight;
    bool was_cancelled = what.was_cancelled && !f.is_timed_out;
    bool is_unknown = what.was_cancelled || what.may_have_worked;
    if (is_unknown && what.was_sent && f.what.op != operation::read) {
        n.in_doubt = interrupted{n.at, f.what.op, f.what.inputs.digest()};
        n.was_read = false;
    }
    auto sentence = what.sentence;
    if (was_cancelled && f.is_outdated) return;
    if (was_cancelled) {
        return hold(n, resource_status::cancelled, sentence.empty() ? "cancelled" : sentence, std::nullopt);
    }
    if (f.is_timed_out) {
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(f.silence).count();
        sentence = "said nothing for " + std::to_string(seconds) + " s and was stopped";
    }
    n.failures += 1;
    auto policy = n.wanted ? n.wanted->policy : engine::policy{};
    bool is_retryable = what.is_retryable || f.is_timed_out || (what.is_failure && policy.retries_failures);
    if (!is_retryable || n.failures > policy.retries) {
        return hold(n, resource_status::failed, sentence, std::nullopt);
    }
    auto pause = policy.pause;
    for (unsigned i = 1; i < n.failures && pause < policy.longest_pause; ++i) pause *= 2;
    hold(n, resource_status::waiting, sentence, now_ + std::min(pause, policy.longest_pause));
}

// Whether what came of this operation says what came of the one in doubt. A replacement that may stand beside
// what is recorded is not seen by looking at that, nor gone with what that replaced.
bool scheduler::machine::settles_doubt(const node& n) {
    const auto& ran = n.in_flight->what;
    if (!n.in_doubt || n.in_doubt->op != operation::create) return true;
    if (ran.op != operation::read && ran.op != operation::remove_old) return true;
    return n.in_doubt->inputs_digest == ran.inputs.digest() ||
           (ran.op == operation::read && n.wanted && !n.wanted->creates_before_destroying);
}

// What exists is recorded as it was seen, so that a difference to what is declared is an update.
void scheduler::machine::take_reading(node& n, const succeeded& what) {
    n.was_read = true;
    if (settles_doubt(n)) n.in_doubt.reset();
    if (!what.exists) return finish(n);
    auto ran = n.in_flight->what;
    auto inputs = ran.inputs.json();
    for (const auto& [name, seen] : what.seen->items()) inputs[name] = seen;
    ran.inputs = value(std::move(inputs));
    record writes{what.run, n.at, operation::read, entry_for(ran, what.outputs, nullptr)};
    n.in_flight->to_record = writes;
    show(n, resource_status::running, n.op, "is being recorded");
    out_.push_back(std::move(writes));
}

}  // namespace landscaper::engine
