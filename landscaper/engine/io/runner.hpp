// One continuous apply of a deployment: carries out what the scheduler decides, with providers, journal and
// state file. Order per operation: journal (fsync), request, result, state file (fsync), outputs to others.
// Never decides what is done; never keeps a thread or process for a resource that waits for a person.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/engine/io/look.hpp"
#include "landscaper/engine/plan.hpp"
#include "landscaper/engine/scheduler.hpp"
#include "landscaper/engine/source.hpp"
#include "landscaper/engine/state.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::engine {

enum class runner_errc {
    busy = 1,            // what is to be moved runs
    name_taken,          // something is recorded under the new name
    not_recorded_there,  // nothing is recorded under this name
    has_no_state,        // what is declared under the new name is recorded nowhere
};
const char* describe(runner_errc code);

// Something happened to a resource: its new view, or a line of its log.
struct resource_event {
    resource_view view;
    std::string log;       // "" unless this is a line of its log
    bool is_gone = false;  // neither declared nor recorded any more; of the view only `at` counts
};

struct runner_options {
    std::string deployment;  // for sentences; empty: the rack's own
    std::string state_file;  // "" = nothing is kept; the journal is FILE.journal beside it
    engine::limits limits;
    std::function<void(const resource_event&)> on_event;        // may be empty
    std::function<void(const std::string& sentence)> on_error;  // trouble of the runner itself, for the log
    std::function<std::string()> wall_clock;                    // RFC 3339; empty = the system's
};

// Where entries are recorded that do not go to the deployment's own state file: NixOps4's state resources.
struct state_keeper {
    state_document document;  // as read
    std::function<task<>(std::string event, value patch)> append;
    // Reads it again after an append that failed, and may have worked; empty = it did not.
    std::function<task<value>()> read;
};

class runner {
  public:
    runner(const asio::any_io_executor& executor, const provider::registry& providers,
           runner_options options);
    ~runner();
    runner(const runner&) = delete;
    runner& operator=(const runner&) = delete;

    // Reads state file and journal. Before run(), once.
    result<void> open();
    // Applies until cancelled; then stops starting, cancels what runs, records what that still yields, and
    // returns success.
    task<> run();
    // Stops starting; returns when nothing runs any more.
    task<> drain();

    // Replaces what one source ("inventory.yaml") declares, at any time. On an error the old holds.
    result<void> set_members(const std::string& source, declaration declared);

    // A resource of another engine as it is now; members here may refer to its outputs, and wait for them.
    void lend(lent what);
    const std::map<path, std::optional<value>>& lent_now() const;

    // A state resource is there: entries of members that name it as their `state` are taken from `document`
    // and written by `append`. Again for the same one replaces what it was.
    void keep_state_in(const path& at, state_keeper keeper);
    bool is_state_kept_in(const path& at) const;

    // Moves what is recorded within `from` to `to` (a renamed host, `state mv`) and runs nothing. Follow it
    // with set_members() that has the new names; until then the old ones rest. Refused while something within
    // `from` runs, or when something is recorded within `to`. Needs run().
    task<> move(path from, path to);

    // What a person decides; `roots` empty = everything.
    void confirm(std::vector<path> roots);
    void destroy(std::vector<path> roots, bool even_protected = false);
    void retry(std::vector<path> roots);
    void cancel(std::vector<path> roots);
    // What is declared within `roots` and not recorded exists already: it is read and recorded.
    void import_existing(std::vector<path> roots);

    // Asks the providers what is there of everything recorded within `roots`, a few at a time; differences
    // are shown, and put right where the policy says so. Foreign programs need not know the question: they
    // are asked only when a person wants it.
    task<looking> refresh(std::vector<path> roots = {}, bool asks_foreign = true);
    // refresh() again and again, until cancelled: of all that is not foreign, and of what is to be repaired.
    task<> reconcile();
    // How long it waits in between (an hour), and the types ("local.file") that are put right without asking,
    // each resource at most once an hour.
    void set_reconcile(duration pause, std::set<std::string> repaired_types = {});
    // What its type can do on request; and one of them, with nothing else done to the resource meanwhile.
    // What that gives is recorded before the answer. Cancelled, nothing is.
    result<std::vector<provider::operation_info>> operations_of(const path& at) const;
    task<value> operate(path at, std::string name, value arguments, provider::sink say);
    // What the provider says is there of one recorded resource. Changes nothing.
    task<provider::reality> read(path at);

    std::vector<plan_item> plan(const std::vector<path>& roots = {}) const;
    // The plan if `source` declared this.
    result<std::vector<plan_item>> plan_with(const std::string& source, declaration declared,
                                             const std::vector<path>& roots = {}) const;
    std::vector<resource_view> snapshot() const;
    std::optional<resource_view> view(const path& at) const;
    engine::summary summary(const std::vector<path>& roots = {}) const;
    const graph& members() const;
    const std::map<path, resource_entry>& state() const;
    // Waits until the resources within `roots` are settled: done, failed, or waiting for a person.
    task<engine::summary> settled(std::vector<path> roots = {});

  private:
    struct inner;
    std::shared_ptr<inner> self_;
};

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, runner_errc, "runner")
