// The scheduler's judging half: which resources have to be looked at again, and what is due for each.
#include <algorithm>

#include "landscaper/engine/scheduler_machine.hpp"

namespace landscaper::engine {

namespace {

judgement person(operation op, value inputs, std::string sentence) {
    return {resource_status::person, op, std::move(sentence), {}, std::move(inputs), {}, false};
}

judgement ready(operation op, value inputs) {
    return {resource_status::ready, op, {}, {}, std::move(inputs), {}, false};
}

judgement done(value inputs, value outputs) {
    return {resource_status::done, operation::skip, {}, {}, std::move(inputs), std::move(outputs), false};
}

judgement orphan(std::string sentence) {
    return {resource_status::orphan, operation::none, std::move(sentence), {}, {}, {}, false};
}

judgement blocked(operation op, std::string sentence, std::vector<path> on = {}) {
    return {resource_status::blocked, op, std::move(sentence), std::move(on), {}, {}, false};
}

bool is_among(const std::vector<path>& paths, const path& at) {
    return std::find(paths.begin(), paths.end(), at) != paths.end();
}

// What those that it replaced were recorded to need.
bool deposed_needs(const resource_entry& entry, const path& at) {
    auto old = deposed_in(entry);
    return std::any_of(old.begin(), old.end(),
                       [&](const resource_entry& one) { return is_among(needs_in(one), at); });
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
    for (const auto& old : deposed_in(*entry)) {
        for (const auto& need : needs_in(old)) mark(need);
    }
}

// While only what it replaced is being destroyed, and it is still what is declared, others may use it.
bool scheduler::machine::keeps_outputs(const node& n) const {
    const auto* entry = entry_of(n.at);
    auto op = n.in_flight->what.op;
    if ((op != operation::remove_old && op != operation::note) || !n.wanted || !entry) return false;
    auto inputs = resolve(*n.wanted, around(n));
    return inputs.inputs && due(*n.wanted, *inputs.inputs, entry) == operation::none;
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
        stop_if_outdated(n);
        if (n.published && !keeps_outputs(n)) {
            publish(n, std::nullopt);
            mark_dependants(n.at);
        }
        return;
    }
    if (!n.wanted && !entry_of(n.at) && !n.in_doubt) {
        leave_queue(n);
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
        if (found != nodes_.end() && found->second.published) return &*found->second.published;
        auto borrowed = lent_.find(at);
        return borrowed != lent_.end() && borrowed->second ? &*borrowed->second : nullptr;
    };
    out.is_declared = [this](const path& at) { return graph_->contains(at) || lent_.contains(at); };
    out.entry = entry_of(n.at);
    out.now = now_;
    return out;
}

std::string scheduler::machine::command(const char* verb, const path& at) const {
    auto where = deployment_.empty() ? "" : " --deployment " + deployment_;
    return "`landscaper " + std::string(verb) + where + " " + at.shell_word() + "`";
}

judgement scheduler::machine::judge(const node& n) const {
    const auto* entry = entry_of(n.at);
    if (!n.wanted && !entry) {
        return orphan(
            "was being created when landscaper ended, is no longer declared, and may exist: look, then " +
            command("apply", n.at));
    }
    if (!n.wanted) return judge_orphan(n, *entry);
    if (n.is_moved_away) return blocked(operation::none, "was moved; is to be declared under its new name");
    const auto& from = n.wanted->moved_from;
    if (!entry && from && !graph_->contains(*from) && entry_of(*from)) {
        return blocked(operation::none, "is being moved from " + from->text());
    }
    auto inputs = resolve(*n.wanted, around(n));
    if (inputs.is_hopeless) {
        return {resource_status::failed, operation::none, inputs.sentence, {}, {}, {}, false};
    }
    if (!inputs.inputs) return blocked(operation::none, inputs.sentence, inputs.blocked_on);
    return in_its_phase(n, judge_due(n, *inputs.inputs, entry));
}

// What a resource replaced goes before the resource itself does, or it would be forgotten with it; and before
// the resource is changed back to it, or the new one would be taken for the old.
static bool has_to_clear(const member& wanted, operation op, const value& inputs,
                         const resource_entry& entry) {
    auto old = deposed_in(entry);
    if (op == operation::destroy) return !old.empty();
    if (op != operation::create) return false;
    return std::any_of(old.begin(), old.end(), [&](const resource_entry& one) {
        return due(wanted, inputs, &one) != operation::create;
    });
}

judgement scheduler::machine::judge_due(const node& n, const value& inputs,
                                        const resource_entry* entry) const {
    const auto& wanted = *n.wanted;
    if (!wanted.is_stateful && n.applied && n.applied->first == inputs) {
        const auto& outputs = n.applied->second;
        return n.drifted ? judge_drift(n, operation::create, inputs, outputs) : done(inputs, outputs);
    }
    auto op = due(wanted, inputs, entry);
    if (entry && wanted.is_stateful) op = due_in_doubt(n, op, inputs, *entry);
    if (op == operation::none) return judge_recorded(n, inputs, *entry);
    if (op == operation::update && n.drifted && n.drifted->is_gone) op = operation::create;
    if (entry && wanted.is_stateful && has_to_clear(wanted, op, inputs, *entry)) op = operation::remove_old;
    bool is_new = wanted.is_stateful && !entry;
    bool is_unsure = n.in_doubt && wanted.policy.is_readable && !wanted.policy.create_is_idempotent;
    if (is_new && !n.was_read && (n.is_to_be_imported || wanted.imports || is_unsure)) {
        return with_history(n, ready(operation::read, inputs));
    }
    return judge_change(n, op, inputs, wanted.is_stateful ? entry : nullptr);
}

// Before something recorded is replaced, changed or repaired somebody says so, unless it goes on with what a
// crash cut off.
judgement scheduler::machine::judge_change(const node& n, operation op, const value& inputs,
                                           const resource_entry* entry) const {
    const auto& wanted = *n.wanted;
    auto name = n.at.text();
    bool replaces = entry && op != operation::update;
    if (replaces && wanted.is_protected) {
        return person(op, inputs, name + " would have to be destroyed and created again, but is protected");
    }
    bool goes_on = n.in_doubt && n.in_doubt->op == op && n.in_doubt->inputs_digest == inputs.digest();
    bool is_unfinished = n.in_doubt && entry && due(wanted, inputs, entry) == operation::none;
    if (entry && !n.is_confirmed && !goes_on && !is_unfinished) {
        auto what = op == operation::update ? "is to be updated" : "is to be destroyed and created again";
        auto out = person(op, inputs,
                          name + " " + what + ": see " + command("plan", n.at) + ", confirm with " +
                              command("apply", n.at));
        out.needs_confirmation = true;
        return out;
    }
    return with_history(n, ready(op, inputs));
}

// An update or destruction that was cut off may have happened: then what is recorded is not what is there.
operation scheduler::machine::due_in_doubt(const node& n, operation due, const value& inputs,
                                           const resource_entry& entry) const {
    if (!n.in_doubt) return due;
    bool was_destroyed = n.in_doubt->op == operation::destroy;
    if (was_destroyed && due != operation::create) return operation::destroy;
    bool is_other = n.in_doubt->inputs_digest != entry.inputs.digest();
    if (n.in_doubt->op == operation::update && due == operation::none && is_other) return operation::update;
    // A replacement that may be there, and that nobody wants any more: see with_history().
    bool replaced = n.in_doubt->op == operation::create && n.in_doubt->inputs_digest != inputs.digest();
    bool is_beside = n.wanted->creates_before_destroying && replaced && is_other;
    if (is_beside && due == operation::none) return operation::create;
    return due;
}

// As declared, by the record. What is left: what others did to it, and what it replaced.
judgement scheduler::machine::judge_recorded(const node& n, const value& inputs,
                                             const resource_entry& entry) const {
    if (n.drifted) {
        auto op = n.drifted->is_gone ? operation::create : operation::update;
        return judge_drift(n, op, inputs, entry.outputs);
    }
    auto old = deposed_in(entry);
    // The recorded inputs are the same and already there: one copy less of each.
    if (old.empty()) return done(entry.inputs, entry.outputs);
    if (auto other = still_needing(n.at)) {
        auto out = done(inputs, entry.outputs);
        out.sentence = "what it replaced is kept until " + other->text() + " has changed to it";
        return out;
    }
    auto out = with_history(n, ready(operation::remove_old, old.front().inputs));
    out.outputs = entry.outputs;
    return out;
}

// Somebody looked, and it is not as it was left.
judgement scheduler::machine::judge_drift(const node& n, operation op, const value& inputs,
                                          const value& outputs) const {
    if (n.is_confirmed || may_repair(n)) return with_history(n, ready(op, inputs));
    auto out = person(op, inputs,
                      n.drifted->sentence + (repairs(n) ? " again within an hour of its repair" : "") +
                          ": see " + command("plan", n.at) + ", put it right with " + command("apply", n.at));
    out.outputs = outputs;
    out.needs_confirmation = true;
    return out;
}

bool scheduler::machine::repairs(const node& n) const {
    if (!n.wanted || n.wanted->is_protected) return false;
    const auto& provider = n.wanted->provider;
    bool is_of_type = !provider.is_foreign && repaired_types_.contains(provider.name + "." + n.wanted->type);
    return n.wanted->policy.repairs.value_or(is_of_type);
}

// One repair per resource and hour, with the attempts that its policy allows: two programs that undo each
// other's work would else do so for ever.
bool scheduler::machine::may_repair(const node& n) const {
    if (!repairs(n)) return false;
    auto before = repaired_.find(n.at);
    return before == repaired_.end() || n.held || now_ >= before->second + between_repairs;
}

// Who must be destroyed, or brought to what is declared of it now, before this may go.
std::optional<path> scheduler::machine::still_needing(const path& at) const {
    for (const auto& [other, entry] : state_) {
        if (other == at) continue;
        if (deposed_needs(entry, at)) return other;
        const auto& n = nodes_.at(other);
        bool uses_old = n.in_flight && n.in_flight->what.op != operation::remove_old;
        bool is_as_declared = n.wanted && n.published && !uses_old;
        if (!is_as_declared && is_among(needs_in(entry), at)) return other;
    }
    return std::nullopt;
}

judgement scheduler::machine::judge_orphan(const node& n, const resource_entry& entry) const {
    if (const auto* part = graph_->unexplored_around(n.at)) {
        return {resource_status::blocked, operation::none, describe(*part), {}, {}, {}};
    }
    if (!n.is_to_be_destroyed) return orphan("no longer declared; kept until " + command("destroy", n.at));
    if (is_protected(entry) && !n.even_protected) {
        return orphan("is protected and was not destroyed; " + command("destroy --even-protected", n.at) +
                      " does");
    }
    // What is not recorded could not be destroyed any more once the entry is gone.
    bool was_replaced = n.in_doubt && n.in_doubt->op == operation::create;
    if (was_replaced && n.in_doubt->inputs_digest != entry.inputs.digest()) {
        return orphan(
            "was being replaced when landscaper ended, and what replaces it may exist: look, then " +
            command("apply", n.at));
    }
    if (auto other = still_needing(n.at)) {
        return blocked(operation::destroy, "is still needed by " + other->text(), {*other});
    }
    if (is_before_others(entry)) {
        return blocked(operation::destroy, "goes when everything that was launched after it is gone");
    }
    auto old = deposed_in(entry);
    if (!old.empty()) return with_history(n, ready(operation::remove_old, old.front().inputs));
    return with_history(n, ready(operation::destroy, entry.inputs));
}

// Whether this may be sent although something before it may have happened. What is told apart by its inputs
// would be made a second time beside the first.
bool scheduler::machine::may_be_sent(const node& n, const judgement& due) {
    using enum operation;
    if (due.op == destroy || due.op == remove_old || due.op == read) return true;
    if (!n.wanted || !n.wanted->policy.create_is_idempotent) return false;
    bool is_same = n.in_doubt->inputs_digest == due.inputs.digest();
    return !n.wanted->creates_before_destroying || n.in_doubt->op != create || is_same;
}

judgement scheduler::machine::with_history(const node& n, judgement due) const {
    bool is_held = n.held && n.held->op == due.op && n.held->inputs == due.inputs;
    if (n.in_doubt && !may_be_sent(n, due) && !(is_held && n.held->status == resource_status::cancelled)) {
        auto was = n.in_doubt->op == operation::update ? "updated" : "created";
        return person(due.op, due.inputs,
                      "was being " + std::string(was) + " when " +
                          (n.held ? "it stopped (" + n.held->sentence + ")" : "landscaper ended") +
                          ", and may exist: look, then remove what is half there and " +
                          command("apply", n.at) + ", or have what is there recorded with " +
                          command("import", n.at));
    }
    if (!is_held) return due;
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
    bool is_ready = now_due.status == resource_status::ready;
    if (is_ready && !n.ready_since) ready_[n.ready_since = ++last_ready_] = n.at;
    if (!is_ready) leave_queue(n);
    n.inputs = std::move(now_due.inputs);
    n.blocked_on = std::move(now_due.blocked_on);
    n.needs_confirmation = now_due.needs_confirmation;
    if (n.published != now_due.outputs) {
        // No longer as declared: what it was recorded to need has to stay.
        if (!now_due.outputs) mark_needed_before(n.at);
        publish(n, std::move(now_due.outputs));
        mark_dependants(n.at);
    }
    // What was just created stays "create" on the screen.
    bool keeps_op = now_due.op == operation::skip && n.status == resource_status::running;
    show(n, now_due.status, keeps_op ? n.op : now_due.op, std::move(now_due.sentence));
    if (due_at(n)) timed_.insert(n.at);
    if (n.status == resource_status::done) note(n);
}

// What is said of a resource without changing it is recorded at once: its declaration may be gone when it
// matters.
void scheduler::machine::note(node& n) {
    const auto* entry = entry_of(n.at);
    if (!entry || !n.wanted || !n.wanted->is_stateful) return;
    auto now = annotated(*entry, *n.wanted);
    if (now != *entry) rewrite(n, std::move(now));
}

void scheduler::machine::rewrite(node& n, resource_entry entry) {
    start what;
    what.run = ++last_run_;
    what.at = n.at;
    what.op = operation::note;
    what.inputs = entry.inputs;
    record writes{what.run, n.at, operation::note, std::move(entry)};
    // What was to start waits until this is written.
    leave_queue(n);
    n.in_flight.emplace(flight{std::move(what), false, writes, {}, std::chrono::seconds(1)});
    runs_[writes.run] = n.at;
    out_.push_back(std::move(writes));
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
