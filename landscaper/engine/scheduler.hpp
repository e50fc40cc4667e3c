// Decides what is done next with every resource: events in, actions out. The engine's heart, and pure: knows
// no file, clock, thread or provider, so that a test can play every order of events.
//
// Rules it keeps: a resource starts when everything it needs is done, and every launch phase before its own;
// a result is recorded before its outputs are used; a failure stops dependants only; by itself it creates and
// continues, while update, replace and destroy wait for confirmation; work in flight is never forgotten,
// whatever is declared meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/engine/graph.hpp"
#include "landscaper/engine/progress.hpp"

namespace landscaper::engine {

enum class resource_status {
    blocked,    // needs resources that are not done; `blocked_on` says which
    waiting,    // failed, tried again at `retry_at`
    ready,      // would start; its provider's limit is reached, or the engine is draining
    running,    // its provider is at work, or its result is being recorded
    person,     // waits for a person; `sentence` says what to do. Holds no slot.
    done,       // as declared; its outputs are known
    failed,     // `sentence` says why; until it is declared differently or retried
    cancelled,  // stopped by a person; until retried
    orphan,     // recorded but no longer declared; kept
};
const char* to_text(resource_status status);

enum class operation {
    none,
    create,
    update,
    skip,
    destroy,
    remove_old,  // destroys what a replacement that came first has left over
    read,        // asks whether it exists already, to record it instead of creating it
    note,        // records what its declaration says of it (protect, sensitive); asks nobody
};
const char* to_text(operation op);

// --- what happens

struct declared {
    std::shared_ptr<const graph> members;
};
// A person confirmed updates and replacements of the resources within `roots` (all when empty), and of what
// depends on them. Lasts until each is done or is declared differently.
struct confirmed {
    std::vector<path> roots;
};
// A person asked for orphans within `roots` to be destroyed; dependants go first.
struct destroy_requested {
    std::vector<path> roots;
    bool even_protected = false;
};
// A journal entry without an end: the program died while this ran. Comes before the first `declared`.
struct interrupted {
    path at;
    operation op = operation::create;
    std::string inputs_digest;
};
// It was put right without anybody asking, before this program was started. Comes before the first
// `declared`.
struct repaired_before {
    path at;
    duration age{};
};
struct said {
    std::uint64_t run = 0;
    progress what;
};
struct succeeded {
    std::uint64_t run = 0;
    value outputs;
    // Of a read: whether it exists, and the inputs that it was seen to have.
    bool exists = true;
    value seen = {};
};
struct failed {
    std::uint64_t run = 0;
    std::string sentence;
    bool is_retryable = false;
    bool was_cancelled = false;
    bool may_have_worked = false;  // the provider died or said nonsense: nobody knows how far it came
    bool was_sent = true;          // false: stopped before the provider heard of it
    bool is_failure = false;       // it was tried: another attempt might go otherwise
};
struct recorded {
    std::uint64_t run = 0;
};
struct not_recorded {  // the result is kept and recorded again later
    std::uint64_t run = 0;
    std::string sentence;
};
// A person asked for what runs within `roots` to be stopped.
struct cancel_requested {
    std::vector<path> roots;
};
// A person has one operation of a type run on a resource: nothing else is started on it meanwhile. Its end
// may bring other outputs, which are recorded.
struct operating {
    path at;
};
struct operated {
    path at;
    std::optional<value> outputs;
};
// What a provider says is really there of a recorded resource; `inputs` are those that it can see.
struct looked {
    path at;
    bool exists = true;
    value inputs;
};
// A person says that resources within `roots` that are declared and not recorded exist: they are read and
// recorded, and not created.
struct import_requested {
    std::vector<path> roots;
};
// Types ("local.file") whose members are put right without asking, unless they say otherwise themselves.
struct repairs_allowed {
    std::set<std::string> types;
};
// A person asked for another attempt of what failed, was cancelled or is in doubt.
struct retry_requested {
    std::vector<path> roots;
};
// Another program changed the state file: all that it records now.
struct state_read {
    std::map<path, resource_entry> state;
};
// What is recorded within `from` is now recorded within `to` (the runner has written it). What is declared
// within `from` rests until the next `declared`, which has the new names.
struct moved {
    path from;
    path to;
};
// What another engine knows of a resource of its own, that members here may refer to and nobody here changes:
// its outputs, when it is done.
struct lent {
    path at;
    bool is_there = true;  // false: there is no such resource any more
    std::optional<value> outputs;
};
// Start nothing more; what runs is finished and recorded.
struct drain {};
struct tick {};  // time passed: see wake_at()

using event =
    std::variant<declared, confirmed, destroy_requested, interrupted, said, succeeded, failed, recorded,
                 not_recorded, cancel_requested, looked, import_requested, operating, operated,
                 repairs_allowed, retry_requested, state_read, moved, lent, repaired_before, drain, tick>;

// Each resource is put right without anybody asking at most once in so long.
inline constexpr duration between_repairs = std::chrono::hours(1);

// --- what is to be done

struct start {
    std::uint64_t run = 0;
    path at;
    provider_ref provider;
    std::string type;
    operation op = operation::create;
    bool is_stateful = true;
    value inputs;                            // complete
    std::optional<resource_entry> previous;  // for update, destroy and remove_old
    bool may_exist = false;                  // sent again after a crash: a failure proves nothing
    bool deposes = false;                    // a create that takes the place of what is recorded
    std::set<path> needs;                    // as declared now: recorded with the result
    std::size_t phase = 0;                   // of the launch order: recorded too
    bool is_protected = false;
    std::set<std::string> sensitive;
    bool is_repair = false;  // nobody asked: counts for the limit, from before it is sent
    friend bool operator==(const start&, const start&) = default;
};
// Write to the state file, fsync, then answer `recorded`. No entry: the resource is removed from the state.
struct record {
    std::uint64_t run = 0;
    path at;
    operation op = operation::create;
    std::optional<resource_entry> entry;
    friend bool operator==(const record&, const record&) = default;
};
struct cancel {
    std::uint64_t run = 0;
    friend bool operator==(const cancel&, const cancel&) = default;
};
// The resource's view has changed (status, sentence or progress).
struct changed {
    path at;
    friend bool operator==(const changed&, const changed&) = default;
};
using action = std::variant<start, record, cancel, changed>;
using actions = std::vector<action>;

// What was last done to a resource with success since the program started; forgetting what a replacement left
// over, and notes, do not count.
struct deed {
    std::uint64_t run = 0;  // rises with everything that is begun; 0 = nothing was done
    operation op = operation::none;
    bool replaced = false;  // a create in the place of what was recorded
};

// What the screen shows of a resource.
struct resource_view {
    path at;
    std::string provider;
    std::string type;
    resource_status status = resource_status::blocked;
    operation op = operation::none;  // the last one begun, or the one that waits
    bool replaces = false;           // that is a create in the place of what is recorded
    deed last;
    std::string sentence;             // why it failed or waits; "" when there is nothing to say
    bool needs_confirmation = false;  // waits for a person who says `landscaper apply`
    std::string drift;                // what differs from what is recorded, when somebody looked
    bool is_gone = false;             // it does not exist any more
    engine::progress progress;        // the last one said by the running operation
    time_point since{};               // when `status` began
    unsigned attempt = 0;             // failures in a row + 1, while there are any
    std::optional<time_point> retry_at;
    std::vector<path> blocked_on;
    std::optional<value> outputs;  // when done
};

struct summary {
    std::map<resource_status, std::size_t> count;
    std::size_t of(resource_status status) const;
    // Nothing runs, starts or is tried again without a new event from outside.
    bool is_settled() const;
};

// How many operations of one provider run at once; 0 = as many as there are.
struct limits {
    std::map<std::string, unsigned> by_provider;
    unsigned other = 0;
    unsigned foreign = 0;  // each foreign program that `by_provider` does not name: a process per operation
};

class scheduler {
  public:
    // `state`: what the state file records. `deployment`: for the commands in sentences; empty = the rack's.
    explicit scheduler(std::map<path, resource_entry> state = {}, limits allowed = {},
                       std::string deployment = {});
    ~scheduler();
    scheduler(scheduler&&) noexcept;
    scheduler& operator=(scheduler&&) noexcept;

    actions on(const event& what, time_point now);
    // When `tick` is due; none when nothing waits for time.
    std::optional<time_point> wake_at() const;

    std::optional<resource_view> view(const path& at) const;
    std::vector<resource_view> views() const;
    // Of the resources within `roots`; of all when empty.
    engine::summary summary(const std::vector<path>& roots = {}) const;
    const std::map<path, resource_entry>& state() const;
    // Of a stateless resource that is done, as if it were recorded: what it was last created with, and gave.
    std::optional<resource_entry> applied(const path& at) const;
    // Whether it is put right without asking.
    bool repairs(const path& at) const;
    const std::map<path, std::optional<value>>& lent_now() const;

  private:
    struct node;
    class machine;
    std::unique_ptr<machine> machine_;
};

}  // namespace landscaper::engine
