// The scheduler's judging half: which resources have to be looked at again, and what is due for each.
#include <algorithm>

#include "landscaper/engine/scheduler_machine.hpp"

namespace landscaper::engine {

namespace {

judgement person(operation op, value inputs, std::string sentence) {
    return {resource_status::person, op, std::move(sentence), {}, std::move(inputs), {}};
}

judgement ready(operation op, value inputs) {
    return {resource_status::ready, op, {}, {}, std::move(inputs), {}};
}

judgement done(value inputs, value outputs) {
    return {resource_status::done, operation::skip, {}, {}, std::move(inputs), std::move(outputs)};
}

judgement orphan(std::string sentence) {
    return {resource_status::orphan, operation::none, std::move(sentence), {}, {}, {}};
}

}  // namespace

void scheduler::machine::mark(const path& at) {
    auto found = nodes_.find(at);
    if (found == nodes_.end() || found->second.is_dirty) return;
    found->second.is_dirty = true;
    dirty_.push_back(at);
}

void scheduler::machine::mark_dependants(const path& at) {
    for (const auto& dependant : graph_->dependants(at)) mark(dependant);
}

// What a resource was recorded to need may be destroyed once the resource is gone or needs it no longer.
void scheduler::machine::mark_needed_before(const path& at) {
    const auto* entry = entry_of(at);
    if (!entry) return;
    for (const auto& need : needs_in(*entry)) mark(need);
}

void scheduler::machine::settle() {
    while (!dirty_.empty()) {
        auto at = std::move(dirty_.front());
        dirty_.pop_front();
        auto found = nodes_.find(at);
        if (found == nodes_.end()) continue;
        found->second.is_dirty = false;
        evaluate(found->second);
    }
}

// What runs is judged when it ends; only its outputs of before are taken back, since they are about to
// change.
void scheduler::machine::evaluate(node& n) {
    if (n.in_flight) {
        if (n.published) {
            n.published.reset();
            mark_dependants(n.at);
        }
        return;
    }
    if (!n.wanted && !entry_of(n.at) && !n.in_doubt) {
        if (n.ready_since) ready_.erase(n.ready_since);
        auto at = n.at;
        mark_dependants(at);
        nodes_.erase(at);
        out_.push_back(changed{at});
        return;
    }
    apply(n, judge(n));
}

surroundings scheduler::machine::around(const node& n) const {
    surroundings out;
    out.outputs_of = [this](const path& at) -> const value* {
        auto found = nodes_.find(at);
        return found != nodes_.end() && found->second.published ? &*found->second.published : nullptr;
    };
    out.is_declared = [this](const path& at) { return graph_->contains(at); };
    out.entry = entry_of(n.at);
    out.now = now_;
    return out;
}

judgement scheduler::machine::judge(const node& n) const {
    const auto* entry = entry_of(n.at);
    if (!n.wanted && !entry) {
        return orphan(
            "was being created when landscaper ended, is no longer declared, and may exist: look, then "
            "`landscaper retry " +
            n.at.text() + "`");
    }
    if (!n.wanted) return judge_orphan(n, *entry);
    if (n.is_moved_away) {
        return {resource_status::blocked,
                operation::none,
                "was moved; is to be declared under its new name",
                {},
                {},
                {}};
    }
    auto inputs = resolve(*n.wanted, around(n));
    if (inputs.is_hopeless) {
        return {resource_status::failed, operation::none, inputs.sentence, {}, {}, {}};
    }
    if (!inputs.inputs) {
        return {resource_status::blocked, operation::none, inputs.sentence, inputs.blocked_on, {}, {}};
    }
    return judge_due(n, *inputs.inputs, entry);
}

judgement scheduler::machine::judge_due(const node& n, const value& inputs,
                                        const resource_entry* entry) const {
    const auto& wanted = *n.wanted;
    if (!wanted.is_stateful && n.applied && n.applied->first == inputs)
        return done(inputs, n.applied->second);
    auto op = due(wanted, inputs, entry);
    if (op == operation::none) return done(inputs, entry->outputs);
    auto name = n.at.text();
    if (op == operation::destroy && (wanted.is_protected || is_protected(*entry))) {
        return person(op, inputs, name + " would have to be destroyed and created again, but is protected");
    }
    bool goes_on = n.in_doubt && n.in_doubt->op == op && n.in_doubt->inputs_digest == inputs.digest();
    if (op != operation::create && !n.is_confirmed && !goes_on) {
        auto what = op == operation::update ? "is to be updated" : "is to be destroyed and created again";
        return person(op, inputs,
                      name + " " + what + ": see `landscaper plan " + name +
                          "`, confirm with `landscaper apply " + name + "`");
    }
    return with_history(n, ready(op, inputs));
}

// Who must be destroyed, or brought to what is declared of it now, before this may go.
std::optional<path> scheduler::machine::still_needing(const path& at) const {
    for (const auto& [other, entry] : state_) {
        const auto& n = nodes_.at(other);
        if (other == at || (n.wanted && n.status == resource_status::done && !n.in_flight)) continue;
        auto needed = needs_in(entry);
        if (std::find(needed.begin(), needed.end(), at) != needed.end()) return other;
    }
    return std::nullopt;
}

judgement scheduler::machine::judge_orphan(const node& n, const resource_entry& entry) const {
    auto name = n.at.text();
    if (const auto* part = graph_->unexplored_around(n.at)) {
        return {resource_status::blocked, operation::none, describe(*part), {}, {}, {}};
    }
    if (!n.is_to_be_destroyed)
        return orphan("no longer declared; kept until `landscaper destroy " + name + "`");
    if (is_protected(entry)) return orphan("is protected and was not destroyed");
    if (auto other = still_needing(n.at)) {
        return {resource_status::blocked,
                operation::destroy,
                "is still needed by " + other->text(),
                {*other},
                {},
                {}};
    }
    return with_history(n, ready(operation::destroy, entry.inputs));
}

judgement scheduler::machine::with_history(const node& n, judgement due) const {
    bool is_safe = due.op == operation::destroy || (n.wanted && n.wanted->policy.create_is_idempotent);
    if (n.in_doubt && !is_safe) {
        auto name = n.at.text();
        return person(due.op, due.inputs,
                      "was being " +
                          std::string(n.in_doubt->op == operation::update ? "updated" : "created") +
                          " when landscaper ended, and may exist: look, remove what is half there, then "
                          "`landscaper retry " +
                          name + "`");
    }
    if (!n.held || n.held->op != due.op || !(n.held->inputs == due.inputs)) return due;
    if (n.held->status == resource_status::waiting && n.held->retry_at <= now_) return due;
    due.status = n.held->status;
    due.sentence = n.held->sentence;
    return due;
}

void scheduler::machine::apply(node& n, judgement now_due) {
    bool is_due_again = now_due.status == resource_status::ready || now_due.status == resource_status::done;
    bool is_other = n.held && !(n.held->op == now_due.op && n.held->inputs == now_due.inputs);
    if (is_due_again && is_other) {
        n.held.reset();
        n.failures = 0;
    }
    if (now_due.status == resource_status::done) {
        n.is_confirmed = false;
        n.in_doubt.reset();
        if (n.status != resource_status::done) mark_needed_before(n.at);
    }
    bool was_ready = n.ready_since != 0;
    if (now_due.status == resource_status::ready && !was_ready) ready_[n.ready_since = ++last_ready_] = n.at;
    if (now_due.status != resource_status::ready && was_ready) ready_.erase(std::exchange(n.ready_since, 0));
    n.inputs = std::move(now_due.inputs);
    n.blocked_on = std::move(now_due.blocked_on);
    if (n.published != now_due.outputs) {
        n.published = std::move(now_due.outputs);
        mark_dependants(n.at);
    }
    // What was just created stays "create" on the screen.
    bool keeps_op = now_due.op == operation::skip && n.status == resource_status::running;
    show(n, now_due.status, keeps_op ? n.op : now_due.op, std::move(now_due.sentence));
}

void scheduler::machine::show(node& n, resource_status status, operation op, std::string sentence) {
    if (n.is_shown && n.status == status && n.op == op && n.sentence == sentence) return;
    if (n.status != status || !n.is_shown) n.since = now_;
    n.is_shown = true;
    n.status = status;
    n.op = op;
    n.sentence = std::move(sentence);
    if (shown_.insert(n.at).second) out_.push_back(changed{n.at});
}

}  // namespace landscaper::engine
