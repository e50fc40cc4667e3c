// Inside the scheduler: all nodes, the queue of those that could start, and one handler per event.
#pragma once

#include <deque>
#include <set>

#include "landscaper/engine/judge.hpp"
#include "landscaper/engine/scheduler_node.hpp"

namespace landscaper::engine {

class scheduler::machine {
  public:
    machine(std::map<path, resource_entry> state, limits allowed, std::string deployment);

    actions on(const event& what, time_point now);
    std::optional<time_point> wake_at() const;
    std::optional<resource_view> view(const path& at) const;
    std::vector<resource_view> views() const;
    engine::summary summary(const std::vector<path>& roots) const;
    const std::map<path, resource_entry>& state() const { return state_; }
    std::optional<resource_entry> applied(const path& at) const;
    bool repairs_at(const path& at) const;
    const std::map<path, std::optional<value>>& lent_now() const { return lent_; }

  private:
    // One per event.
    void handle(const declared& what);
    void handle(const confirmed& what);
    void handle(const destroy_requested& what);
    void handle(const interrupted& what);
    void handle(const repaired_before& what);
    void handle(const said& what);
    void handle(const succeeded& what);
    void handle(const failed& what);
    void handle(const recorded& what);
    void handle(const not_recorded& what);
    void handle(const cancel_requested& what);
    void handle(const operating& what);
    void handle(const operated& what);
    void handle(const looked& what);
    void handle(const import_requested& what);
    void handle(const repairs_allowed& what);
    void handle(const retry_requested& what);
    void handle(const state_read& what);
    void handle(const moved& what);
    void handle(const lent& what);
    void handle(const drain&) { is_draining_ = true; }
    void handle(const tick&);

    // Judging.
    void mark(const path& at);
    void mark_dependants(const path& at);
    void mark_needed_before(const path& at);
    void settle();
    void evaluate(node& n);
    judgement judge(const node& n) const;
    judgement judge_due(const node& n, const value& inputs, const resource_entry* entry) const;
    judgement judge_drift(const node& n, operation op, const value& inputs, const value& outputs) const;
    judgement judge_recorded(const node& n, const value& inputs, const resource_entry& entry) const;
    judgement judge_change(const node& n, operation op, const value& inputs,
                           const resource_entry* entry) const;
    // What is due although the declaration says otherwise, since the world may not be as recorded.
    operation due_in_doubt(const node& n, operation due, const value& inputs,
                           const resource_entry& entry) const;
    bool keeps_outputs(const node& n) const;
    void stop_if_outdated(node& n);
    bool repairs(const node& n) const;
    bool may_repair(const node& n) const;
    judgement judge_orphan(const node& n, const resource_entry& entry) const;
    std::optional<path> still_needing(const path& at) const;
    // What has happened before to this very operation stands above what is due.
    judgement with_history(const node& n, judgement due) const;
    // What a person types, in backquotes.
    std::string command(const char* verb, const path& at) const;
    static bool may_be_sent(const node& n, const judgement& due);
    surroundings around(const node& n) const;

    // Launch phases: who waits for which, and destruction in reverse.
    judgement in_its_phase(const node& n, judgement due) const;
    bool is_before_others(const resource_entry& entry) const;
    void publish(node& n, std::optional<value> outputs);
    void count_phases();
    void note_destruction(const node& n);
    void forget_destruction(const path& at);
    void apply(node& n, judgement now_due);
    void note(node& n);
    void rewrite(node& n, resource_entry entry);
    void show(node& n, resource_status status, operation op, std::string sentence);

    // Starting and ending.
    void start_ready();
    bool has_slot(const provider_ref& provider) const;
    void take_slot(node& n);
    void release_slot(node& n);
    void leave_queue(node& n);
    void begin(node& n);
    void finish(node& n);
    void hold(node& n, resource_status status, std::string sentence, std::optional<time_point> retry_at);
    void take_outcome(node& n, const failed& what);
    void take_reading(node& n, const succeeded& what);
    void give_up_waiting(node& n);
    static bool settles_doubt(const node& n);
    node* running(std::uint64_t run);
    const resource_entry* entry_of(const path& at) const;
    std::optional<time_point> due_at(const node& n) const;
    provider_ref provider_of(const node& n) const;
    bool replaces(const node& n) const;
    resource_view view_of(const node& n) const;

    std::map<path, resource_entry> state_;
    limits limits_;
    std::string deployment_;
    std::shared_ptr<const graph> graph_ = std::make_shared<const graph>();
    std::map<path, node> nodes_;
    std::map<path, std::optional<value>> lent_;  // by another engine
    std::map<std::uint64_t, path> runs_;
    std::map<std::uint64_t, path> ready_;  // in the order in which they became so
    std::map<std::string, unsigned> busy_;
    std::vector<std::size_t> open_;                     // by phase: members whose outputs are not known
    std::map<std::size_t, std::set<path>> to_destroy_;  // by the phase that they were begun in
    std::set<path> timed_;                              // may wait for time
    std::set<std::string> repaired_types_;
    std::map<path, time_point> repaired_;  // when it was last put right without anybody asking
    std::deque<path> dirty_;
    std::uint64_t last_run_ = 0;
    std::uint64_t last_ready_ = 0;
    bool is_draining_ = false;

    // During on().
    time_point now_{};
    actions out_;
    std::set<path> shown_;
};

}  // namespace landscaper::engine
