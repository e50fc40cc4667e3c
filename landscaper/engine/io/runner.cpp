#include "landscaper/engine/io/runner.hpp"

#include <boost/asio/this_coro.hpp>
#include <algorithm>
#include <set>

#include "landscaper/async/event.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/engine/io/keepers.hpp"
#include "landscaper/engine/io/operations.hpp"
#include "landscaper/engine/io/storage.hpp"
#include "landscaper/engine/judge.hpp"

namespace landscaper::engine {

using namespace std::chrono_literals;

const char* describe(runner_errc code) {
    switch (code) {
        case runner_errc::busy: return "is at work; try again when it is done, or cancel it";
        case runner_errc::name_taken: return "is recorded already; destroy it or choose another name";
    }
    return "unknown error";
}

namespace {

// How long a stopping runner tries to record results on a disk that refuses them. The journal then says that
// they may exist.
constexpr auto patience = 5s;

// A move of recorded entries that somebody waits for.
struct move_request {
    path from, to;
    std::optional<result<void>> outcome;
};

interrupted journal_entry(const start& what) {
    return {what.at, what.op, what.inputs.digest()};
}

}  // namespace

struct runner::inner : std::enable_shared_from_this<runner::inner> {
    inner(const asio::any_io_executor& executor, const provider::registry& types, runner_options given)
        : options(std::move(given)),
          work(
              executor, types, [this](engine::event e) { heard(std::move(e)); },
              [this](const path& at, const std::string& line) { tell_log(at, line); }),
          woken(executor),
          changed_now(executor) {}

    runner_options options;
    engine::storage storage;
    engine::scheduler scheduler;
    engine::sources sources;
    std::shared_ptr<const graph> declared_now = std::make_shared<const graph>();
    operations work;
    std::map<std::uint64_t, start> in_flight;
    std::vector<start> starts;  // decided, not yet journalled
    std::vector<record> records;
    std::set<std::uint64_t> unrecorded;  // results that the disk refused
    keepers kept_elsewhere;
    std::vector<path> ended;
    std::shared_ptr<move_request> moving;
    std::optional<steady_time> journal_again_at;
    landscaper::event woken;        // for run(): there is something to write or to start
    landscaper::event changed_now;  // for those who wait: some status changed
    bool is_writing = false;
    bool is_closed = false;

    // --- in and out of the scheduler

    void feed(const engine::event& what) {
        for (auto& one : scheduler.on(what, steady::now())) {
            std::visit([this](auto& a) { carry_out(a); }, one);
        }
        woken.notify();
        changed_now.notify();
    }
    void carry_out(start& what) { starts.push_back(std::move(what)); }
    void carry_out(record& what) { records.push_back(std::move(what)); }
    void carry_out(struct cancel& what) { stop_one(what.run); }
    void carry_out(changed& what) {
        // Neither declared nor recorded, and nobody is in doubt about it any more.
        if (!scheduler.view(what.at)) ended.push_back(what.at);
        tell(what.at);
    }

    void heard(engine::event what) {
        if (const auto* ok = std::get_if<succeeded>(&what)) end(ok->run, in_flight.at(ok->run).is_stateful);
        // What was stopped half-way may exist, as may what was sent again after a crash: the journal keeps
        // it.
        if (const auto* bad = std::get_if<failed>(&what)) {
            const auto& sent = in_flight.at(bad->run);
            bool is_unknown = bad->was_cancelled || bad->may_have_worked;
            end(bad->run, is_unknown || sent.may_exist || sent.op == operation::read);
        }
        feed(what);
    }
    // A recorded result ends in the journal only once the state file has it.
    void end(std::uint64_t run, bool is_kept_in_journal) {
        auto flight = in_flight.extract(run);
        if (flight && !is_kept_in_journal) ended.push_back(flight.mapped().at);
    }

    void stop_one(std::uint64_t run) {
        auto waiting =
            std::find_if(starts.begin(), starts.end(), [&](const start& s) { return s.run == run; });
        if (waiting == starts.end()) return work.cancel(run);
        starts.erase(waiting);
        feed(failed{run, "cancelled before it began", false, true, false, false});
    }

    void tell(const path& at) {
        if (is_closed || !options.on_event) return;
        auto view = scheduler.view(at);
        resource_event out;
        out.is_gone = !view;
        if (view) out.view = std::move(*view);
        out.view.at = at;
        options.on_event(out);
    }
    void tell_log(const path& at, const std::string& line) {
        auto view = scheduler.view(at);
        if (view && !is_closed && options.on_event) options.on_event({std::move(*view), line, false});
    }
    void complain(const std::string& sentence) {
        if (!is_closed && options.on_error && !sentence.empty()) options.on_error(sentence);
    }

    // --- the loop

    bool has_work() const {
        bool may_start = !starts.empty() && (!journal_again_at || *journal_again_at <= steady::now());
        return may_start || moving || !records.empty() || !ended.empty();
    }

    storage::batch take_batch() {
        storage::batch out;
        out.records = std::exchange(records, {});
        out.ended = std::exchange(ended, {});
        for (const auto& s : starts) {
            if (s.op != operation::read) out.started.push_back(journal_entry(s));  // asking changes nothing
        }
        return out;
    }

    asio::awaitable<void> write_once() {
        auto batch = take_batch();
        auto move = std::exchange(moving, nullptr);
        if (move) batch.moves = moves(kept_elsewhere.without_theirs(scheduler.state()), move->from, move->to);
        auto to_start = std::exchange(starts, {});
        is_writing = true;
        auto elsewhere = kept_elsewhere.take_theirs(batch.records, *declared_now);
        for (const auto& [keeper, r] : elsewhere) {
            auto written = co_await kept_elsewhere.append(keeper, r);
            if (written) batch.ended.push_back(r.at);
            settle_records({r}, written);
        }
        auto recorded_now = batch.records;
        auto outcome = co_await storage.write(std::move(batch));
        is_writing = false;
        if (move && outcome.moved) feed(moved{move->from, move->to});
        if (move) move->outcome = outcome.moved;
        complain(outcome.repaired);
        settle_records(recorded_now, outcome.recorded);
        if (outcome.state) take_foreign_state(std::move(*outcome.state));
        begin_all(std::move(to_start), outcome.journalled);
        changed_now.notify();
    }

    void settle_records(const std::vector<record>& written, const result<void>& outcome) {
        for (const auto& r : written) {
            if (outcome) {
                unrecorded.erase(r.run);
                feed(recorded{r.run});
            } else {
                unrecorded.insert(r.run);
                feed(not_recorded{r.run, outcome.error().message()});
            }
        }
        if (!outcome) complain("results cannot be recorded: " + outcome.error().message());
    }

    void take_foreign_state(std::map<path, resource_entry> state) {
        complain("another program changed the state file; going on from what it says");
        kept_elsewhere.add_to(state);
        feed(state_read{std::move(state)});
    }

    void begin_all(std::vector<start> to_start, const result<void>& journalled) {
        journal_again_at.reset();
        if (!journalled) {
            complain("nothing new is started: the journal cannot be written: " +
                     journalled.error().message());
            journal_again_at = steady::now() + 1s;
            starts.insert(starts.begin(), to_start.begin(), to_start.end());
            return;
        }
        for (auto& s : to_start) {
            auto& flight = in_flight[s.run] = std::move(s);
            work.begin(start(flight));
        }
    }

    steady_time wake_time() const {
        auto out = scheduler.wake_at().value_or(steady_time::max());
        return journal_again_at ? std::min(out, *journal_again_at) : out;
    }

    // One turn: everything that has come up, or a wait.
    asio::awaitable<void> turn(steady_time latest) {
        if (has_work()) {
            co_await write_once();
            co_return;
        }
        latest = std::min(latest, wake_time());
        auto wait = latest == steady_time::max() ? woken.wait() : woken.wait_until(latest);
        auto waited = co_await std::move(wait);
        static_cast<void>(waited);
        auto due = scheduler.wake_at();
        if (due && *due <= steady::now()) feed(tick{});
    }

    result<void> check_move(const path& from, const path& to) const {
        if (moving) return error(runner_errc::busy, "another move is being written");
        for (const auto& [run, flight] : in_flight) {
            if (flight.at.is_within(from)) return error(runner_errc::busy, flight.at.text());
        }
        for (const auto& [at, entry] : scheduler.state()) {
            if (at.is_within(to)) return error(runner_errc::name_taken, at.text());
        }
        return {};
    }

    bool is_idle() const {
        return work.size() == 0 && starts.empty() && records.empty() && ended.empty() && !is_writing;
    }

    // Outputs of stateless resources that are done.
    std::map<path, value> applied() const {
        std::map<path, value> out;
        for (auto& view : scheduler.views()) {
            const auto* wanted = declared_now->find(view.at);
            if (wanted && !wanted->is_stateful && view.outputs) out.emplace(view.at, *view.outputs);
        }
        return out;
    }

    void stop_all() {
        feed(engine::drain{});
        for (const auto& s : std::vector<start>(starts)) stop_one(s.run);
        work.cancel_all();
    }
};

runner::runner(const asio::any_io_executor& executor, const provider::registry& providers,
               runner_options options)
    : self_(std::make_shared<inner>(executor, providers, std::move(options))) {}

runner::~runner() {
    self_->is_closed = true;
}

result<void> runner::open() {
    TRY_VOID(self_->storage.open(self_->options.state_file, self_->options.wall_clock));
    self_->complain(self_->storage.repaired());
    self_->scheduler = scheduler(self_->storage.recorded(), self_->options.limits);
    for (auto& one : self_->storage.in_doubt()) self_->feed(std::move(one));
    return {};
}

task<> runner::run() {
    auto self = self_;
    co_await asio::this_coro::throw_if_cancelled(false);
    auto state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        co_await self->turn(steady_time::max());
        state = co_await asio::this_coro::cancellation_state;
    }
    co_await asio::this_coro::reset_cancellation_state();
    self->stop_all();
    auto latest = steady::now() + patience;
    while (!self->is_idle() || (!self->unrecorded.empty() && steady::now() < latest)) {
        co_await self->turn(self->unrecorded.empty() ? steady_time::max() : latest);
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    co_return result<void>();
}

task<> runner::drain() {
    auto self = self_;
    self->feed(engine::drain{});
    while (!self->is_idle() || !self->unrecorded.empty()) {
        CO_TRY_VOID(co_await self->changed_now.wait());
    }
    co_return result<void>();
}

result<void> runner::set_members(const std::string& source, declaration members) {
    TRY(auto built, self_->sources.declare(source, std::move(members)));
    self_->declared_now = std::make_shared<const graph>(std::move(built));
    self_->feed(declared{self_->declared_now});
    return {};
}

void runner::keep_state_in(const path& at, state_keeper keeper) {
    auto state = self_->scheduler.state();
    self_->kept_elsewhere.replace(at, std::move(keeper), state);
    self_->feed(state_read{std::move(state)});
}

bool runner::is_state_kept_in(const path& at) const {
    return self_->kept_elsewhere.contains(at);
}

task<> runner::move(path from, path to) {
    auto self = self_;
    CO_TRY_VOID(self->check_move(from, to));
    auto request = std::make_shared<move_request>(move_request{std::move(from), std::move(to), std::nullopt});
    self->moving = request;
    self->woken.notify();
    while (!request->outcome) {
        CO_TRY_VOID(co_await self->changed_now.wait());
    }
    co_return *request->outcome;
}

void runner::confirm(std::vector<path> roots) {
    self_->feed(confirmed{std::move(roots)});
}
void runner::destroy(std::vector<path> roots) {
    self_->feed(destroy_requested{std::move(roots)});
}
void runner::retry(std::vector<path> roots) {
    self_->feed(retry_requested{std::move(roots)});
}
void runner::cancel(std::vector<path> roots) {
    self_->feed(cancel_requested{std::move(roots)});
}

std::vector<plan_item> runner::plan(const std::vector<path>& roots) const {
    return engine::plan(*self_->declared_now, self_->scheduler.state(), roots, self_->applied());
}
result<std::vector<plan_item>> runner::plan_with(const std::string& source, declaration members,
                                                 const std::vector<path>& roots) const {
    TRY(auto built, self_->sources.preview(source, std::move(members)));
    return engine::plan(built, self_->scheduler.state(), roots, self_->applied());
}
std::vector<resource_view> runner::snapshot() const {
    return self_->scheduler.views();
}
std::optional<resource_view> runner::view(const path& at) const {
    return self_->scheduler.view(at);
}
engine::summary runner::summary(const std::vector<path>& roots) const {
    return self_->scheduler.summary(roots);
}
const graph& runner::members() const {
    return *self_->declared_now;
}
const std::map<path, resource_entry>& runner::state() const {
    return self_->scheduler.state();
}

task<engine::summary> runner::settled(std::vector<path> roots) {
    auto self = self_;
    for (;;) {
        auto now = self->scheduler.summary(roots);
        if (now.is_settled()) co_return now;
        CO_TRY_VOID(co_await self->changed_now.wait());
    }
}

}  // namespace landscaper::engine
