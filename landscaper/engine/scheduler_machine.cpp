// The scheduler's acting half: what operations come to, queue, limits, beginnings and ends.
#include "landscaper/engine/scheduler_machine.hpp"

#include <algorithm>

namespace landscaper::engine {

scheduler::machine::machine(std::map<path, resource_entry> state, limits allowed, std::string deployment)
    : state_(std::move(state)), limits_(std::move(allowed)), deployment_(std::move(deployment)) {
    for (const auto& [at, entry] : state_) nodes_[at].at = at;
}

actions scheduler::machine::on(const event& what, time_point now) {
    now_ = now;
    std::visit([this](const auto& one) { handle(one); }, what);
    settle();
    start_ready();
    shown_.clear();
    return std::exchange(out_, {});
}

// --- events

void scheduler::machine::handle(const declared& what) {
    auto before = std::exchange(graph_, what.members);
    for (auto& [at, n] : nodes_) n.wanted = nullptr;
    for (const auto& at : graph_->order()) {
        auto& n = nodes_[at];
        n.at = at;
        n.wanted = graph_->find(at);
        if (n.is_to_be_destroyed) forget_destruction(at);
        n.is_to_be_destroyed = n.even_protected = false;
        n.is_moved_away = false;
        const auto* old = before->find(at);
        if (!old || *old == *n.wanted || old->revision.is_of(n.wanted->revision)) continue;
        n.is_confirmed = false;
        n.held.reset();
        n.failures = 0;
        n.was_read = false;
    }
    count_phases();
    // Providers come first in the order, so that most are judged once.
    for (const auto& at : graph_->order()) mark(at);
    for (const auto& [at, n] : nodes_) mark(at);
}

void scheduler::machine::handle(const confirmed& what) {
    for (const auto& at : graph_->with_dependants(what.roots)) {
        auto& n = nodes_.at(at);
        if (n.status == resource_status::done) continue;
        n.is_confirmed = true;
        mark(at);
    }
}

void scheduler::machine::handle(const destroy_requested& what) {
    for (auto& [at, n] : nodes_) {
        if (n.wanted || !is_within_any(at, what.roots) || graph_->unexplored_around(at)) continue;
        n.is_to_be_destroyed = true;
        n.even_protected = what.even_protected;
        note_destruction(n);
        mark(at);
    }
}

void scheduler::machine::handle(const interrupted& what) {
    auto& n = nodes_[what.at];
    n.at = what.at;
    n.in_doubt = what;
}

void scheduler::machine::handle(const repaired_before& what) {
    repaired_[what.at] = now_ - what.age;
}

void scheduler::machine::handle(const said& what) {
    auto* n = running(what.run);
    if (!n || n->in_flight->to_record) return;
    n->in_flight->heard_at = now_;
    if (what.what.kind == progress_kind::log) return;
    bool waits = what.what.kind == progress_kind::person;
    n->in_flight->waits_for_person = waits;
    if (waits) mark(n->at);
    if (n->in_flight->silence.count()) timed_.insert(n->at);
    if (waits)
        release_slot(*n);
    else
        take_slot(*n);
    bool is_news = n->progress != what.what;
    n->progress = what.what;
    show(*n, waits ? resource_status::person : resource_status::running, n->op,
         waits ? what.what.sentence : "");
    if (is_news && shown_.insert(n->at).second) out_.push_back(changed{n->at});
}

void scheduler::machine::handle(const succeeded& what) {
    auto* n = running(what.run);
    if (!n || n->in_flight->to_record) return;
    release_slot(*n);
    auto& ran = n->in_flight->what;
    if (ran.op == operation::read) return take_reading(*n, what);
    if (!ran.is_stateful) {
        n->applied.emplace(ran.inputs, what.outputs);
        n->last = {what.run, ran.op, false};
        n->in_doubt.reset();
        n->drifted.reset();
        return finish(*n);
    }
    record writes{what.run, n->at, ran.op, std::nullopt};
    const auto* before = entry_of(n->at);
    if (ran.op == operation::remove_old && before) {
        writes.entry = without_oldest_deposed(*before);
    } else if (ran.op != operation::destroy) {
        writes.entry = entry_for(ran, what.outputs, before);
    }
    n->in_flight->to_record = writes;
    show(*n, resource_status::running, n->op, "is being recorded");
    out_.push_back(std::move(writes));
}

void scheduler::machine::handle(const failed& what) {
    auto* n = running(what.run);
    if (!n || n->in_flight->to_record) return;
    release_slot(*n);
    take_outcome(*n, what);
    finish(*n);
}

void scheduler::machine::handle(const recorded& what) {
    auto* n = running(what.run);
    if (!n || !n->in_flight->to_record) return;
    auto written = std::move(*n->in_flight->to_record);
    mark_needed_before(n->at);
    if (written.entry) {
        state_[n->at] = std::move(*written.entry);
        // What was read may use what nobody knew that it used.
        mark_needed_before(n->at);
    } else {
        state_.erase(n->at);
        forget_destruction(n->at);
    }
    bool is_deed = written.op != operation::note && written.op != operation::remove_old;
    if (is_deed) n->last = {what.run, written.op, n->in_flight->what.deposes};
    if (written.op != operation::note) {
        n->failures = 0;
        n->held.reset();
        if (settles_doubt(*n)) n->in_doubt.reset();
        if (written.op != operation::remove_old) n->drifted.reset();
        n->is_to_be_imported = n->was_read = false;
    }
    finish(*n);
}

// The disk may be full for a while: the result waits here and is written again.
void scheduler::machine::handle(const not_recorded& what) {
    auto* n = running(what.run);
    if (!n || !n->in_flight->to_record) return;
    auto& f = *n->in_flight;
    f.record_again_at = now_ + f.record_pause;
    timed_.insert(n->at);
    f.record_pause = std::min<duration>(f.record_pause * 2, std::chrono::minutes(1));
    show(*n, resource_status::running, n->op, "worked, but cannot be recorded: " + what.sentence);
}

void scheduler::machine::handle(const state_read& what) {
    state_ = what.state;
    for (const auto& [at, entry] : state_) nodes_[at].at = at;
    for (auto& [at, n] : nodes_) {
        if (!entry_of(at)) forget_destruction(at);
    }
    for (const auto& at : graph_->order()) mark(at);
    for (const auto& [at, n] : nodes_) mark(at);
}

void scheduler::machine::handle(const moved& what) {
    for (auto& change : moves(state_, what.from, what.to)) {
        auto& n = nodes_[change.at];
        n.at = change.at;
        n.is_moved_away = !change.entry;
        if (change.entry)
            state_[change.at] = std::move(*change.entry);
        else
            state_.erase(change.at);
        mark(change.at);
    }
}

// --- starting and ending

bool scheduler::machine::has_slot(const provider_ref& provider) const {
    auto limit = limits_.by_provider.find(provider.name);
    auto others = provider.is_foreign && limits_.foreign ? limits_.foreign : limits_.other;
    auto allowed = limit == limits_.by_provider.end() ? others : limit->second;
    auto used = busy_.find(provider.name);
    return allowed == 0 || used == busy_.end() || used->second < allowed;
}

void scheduler::machine::start_ready() {
    if (is_draining_) return;
    for (auto i = ready_.begin(); i != ready_.end();) {
        auto& n = nodes_.at(i->second);
        ++i;
        if (!n.is_operated && has_slot(provider_of(n))) begin(n);
    }
}

void scheduler::machine::leave_queue(node& n) {
    ready_.erase(std::exchange(n.ready_since, 0));  // no place is 0
}

void scheduler::machine::begin(node& n) {
    start what{++last_run_, n.at, provider_of(n), {}, n.op, true, n.inputs, std::nullopt, false, false,
               {},          0,    false,          {}, false};
    const auto* entry = entry_of(n.at);
    bool destroys = n.op == operation::destroy || n.op == operation::remove_old;
    if (entry && n.op != operation::create) what.previous = *entry;
    if (n.op == operation::remove_old) what.previous = deposed_in(*entry).front();
    what.type = destroys ? what.previous->type : n.wanted->type;
    what.is_stateful = destroys || n.wanted->is_stateful;
    what.may_exist = n.in_doubt.has_value();
    if (n.wanted) what.needs = needs_of(*n.wanted);
    if (n.wanted) what.sensitive = n.wanted->sensitive;
    what.phase = graph_->phase_of(n.at);
    what.is_protected = n.wanted && n.wanted->is_protected;
    what.is_repair = n.drifted && !n.is_confirmed && repairs(n);
    if (what.is_repair) repaired_[n.at] = now_;
    what.deposes = entry && n.op == operation::create && what.is_stateful &&
                   due(*n.wanted, n.inputs, entry) == operation::create;
    leave_queue(n);
    n.in_flight.emplace(flight{what, false, {}, {}, std::chrono::seconds(1)});
    n.in_flight->heard_at = now_;
    if (n.wanted && n.wanted->policy.silence.count()) {
        n.in_flight->silence = n.wanted->policy.silence;
        timed_.insert(n.at);
    }
    n.progress = {};
    runs_[what.run] = n.at;
    take_slot(n);
    show(n, resource_status::running, n.op, "");
    out_.push_back(std::move(what));
}

// A resource that stopped waiting for a person goes on at once, even if that is one more than the limit.
void scheduler::machine::take_slot(node& n) {
    if (n.in_flight->holds_slot) return;
    n.in_flight->holds_slot = true;
    ++busy_[n.in_flight->what.provider.name];
}

void scheduler::machine::release_slot(node& n) {
    if (!std::exchange(n.in_flight->holds_slot, false)) return;
    auto used = busy_.find(n.in_flight->what.provider.name);
    if (--used->second == 0) busy_.erase(used);
}

void scheduler::machine::hold(node& n, resource_status status, std::string sentence,
                              std::optional<time_point> retry_at) {
    const auto& ran = n.in_flight->what;
    n.held = setback{ran.op, ran.inputs, status, std::move(sentence), retry_at};
    if (retry_at) timed_.insert(n.at);
}

void scheduler::machine::finish(node& n) {
    runs_.erase(n.in_flight->what.run);
    n.in_flight.reset();
    mark(n.at);
}

// --- looking things up

scheduler::node* scheduler::machine::running(std::uint64_t run) {
    auto found = runs_.find(run);
    return found == runs_.end() ? nullptr : &nodes_.at(found->second);
}

const resource_entry* scheduler::machine::entry_of(const path& at) const {
    auto found = state_.find(at);
    return found == state_.end() ? nullptr : &found->second;
}

// Whoever made it destroys it, also when it is declared with another provider by now.
provider_ref scheduler::machine::provider_of(const node& n) const {
    const auto* entry = entry_of(n.at);
    auto old = entry && n.op == operation::remove_old ? deposed_in(*entry) : std::vector<resource_entry>();
    if (entry && (n.op == operation::destroy || !old.empty())) {
        auto recorded = provider_in(old.empty() ? *entry : old.front());
        if (!recorded.name.empty() || !n.wanted) return recorded;
    }
    return n.wanted ? n.wanted->provider : provider_ref{};
}

std::optional<time_point> scheduler::machine::due_at(const node& n) const {
    if (n.in_flight) {
        const auto& f = *n.in_flight;
        if (f.to_record) return f.record_again_at;
        if (!f.silence.count() || f.waits_for_person || f.is_timed_out) return std::nullopt;
        return f.heard_at + f.silence;
    }
    if (n.status == resource_status::waiting && n.held) return n.held->retry_at;
    auto repaired = repaired_.find(n.at);
    bool was_repaired = n.drifted && repaired != repaired_.end();
    bool repairs_later = was_repaired && n.status == resource_status::person && repairs(n);
    return repairs_later ? std::optional(repaired->second + between_repairs) : std::nullopt;
}

std::optional<time_point> scheduler::machine::wake_at() const {
    std::optional<time_point> out;
    for (const auto& at : timed_) {
        auto found = nodes_.find(at);
        auto due = found == nodes_.end() ? std::nullopt : due_at(found->second);
        if (due && (!out || *due < *out)) out = due;
    }
    return out;
}

bool scheduler::machine::replaces(const node& n) const {
    if (n.op != operation::create) return false;
    if (n.in_flight) return n.in_flight->what.deposes;
    if (n.status == resource_status::done) return n.last.replaced;
    return n.wanted && n.wanted->is_stateful && entry_of(n.at) && !(n.drifted && n.drifted->is_gone);
}

resource_view scheduler::machine::view_of(const node& n) const {
    resource_view out;
    out.at = n.at;
    out.provider = provider_of(n).name;
    const auto* entry = entry_of(n.at);
    out.type = n.wanted ? n.wanted->type : entry ? entry->type : "";
    if (!n.wanted && entry) out.provider = provider_in(*entry).name;
    out.status = n.status;
    out.op = n.op;
    out.replaces = replaces(n);
    out.last = n.last;
    out.sentence = n.sentence;
    out.needs_confirmation = n.needs_confirmation && n.status == resource_status::person;
    if (n.drifted) out.drift = n.drifted->sentence;
    out.is_gone = n.drifted && n.drifted->is_gone;
    out.progress = n.progress;
    out.since = n.since;
    out.attempt = n.failures ? n.failures + 1 : 0;
    if (!n.in_flight) out.retry_at = due_at(n);
    out.blocked_on = n.blocked_on;
    if (n.published) out.outputs = n.published;
    return out;
}

std::optional<resource_view> scheduler::machine::view(const path& at) const {
    auto found = nodes_.find(at);
    if (found == nodes_.end()) return std::nullopt;
    return view_of(found->second);
}

std::optional<resource_entry> scheduler::machine::applied(const path& at) const {
    auto found = nodes_.find(at);
    if (found == nodes_.end()) return std::nullopt;
    const auto& n = found->second;
    if (!n.wanted || n.wanted->is_stateful || n.in_flight || !n.applied) return std::nullopt;
    return resource_entry{n.wanted->type, n.applied->first, n.applied->second, {}};
}

bool scheduler::machine::repairs_at(const path& at) const {
    auto found = nodes_.find(at);
    return found != nodes_.end() && repairs(found->second);
}

std::vector<resource_view> scheduler::machine::views() const {
    std::vector<resource_view> out;
    for (const auto& [at, n] : nodes_) out.push_back(view_of(n));
    return out;
}

engine::summary scheduler::machine::summary(const std::vector<path>& roots) const {
    auto needed = roots.empty() ? std::set<path>() : graph_->with_needs(roots);
    engine::summary out;
    for (const auto& [at, n] : nodes_) {
        if (is_within_any(at, roots) || needed.contains(at)) ++out.count[n.status];
    }
    return out;
}

}  // namespace landscaper::engine
