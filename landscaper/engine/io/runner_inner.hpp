// Inside the runner: what the scheduler decided and is not carried out yet, and one turn of its loop.
#pragma once

#include <algorithm>
#include <deque>
#include <set>

#include "landscaper/async/event.hpp"
#include "landscaper/base/overloaded.hpp"
#include "landscaper/engine/io/keepers.hpp"
#include "landscaper/engine/io/operations.hpp"
#include "landscaper/engine/io/runner.hpp"
#include "landscaper/engine/io/storage.hpp"
#include "landscaper/engine/judge.hpp"

namespace landscaper::engine {

// A move of recorded entries that somebody waits for.
struct move_request {
    path from, to;
    std::optional<result<void>> outcome;
};

inline interrupted journal_entry(const start& what) {
    return {what.at, what.op, what.inputs.digest()};
}

struct runner::inner : std::enable_shared_from_this<runner::inner> {
    inner(const asio::any_io_executor& executor, const provider::registry& all_types, runner_options given)
        : options(std::move(given)),
          types(all_types),
          work(
              executor, all_types, [this](engine::event e) { heard(std::move(e)); },
              [this](const path& at, const std::string& line) { tell_log(at, line); }),
          woken(executor),
          changed_now(executor),
          look_news(executor) {}

    runner_options options;
    const provider::registry& types;
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
    repair_times repairs;         // of the last hour
    std::set<path> operated_now;  // a person has something run on them
    std::deque<std::shared_ptr<move_request>> moving;
    std::optional<steady_time> journal_again_at;
    landscaper::event woken;        // for run(): there is something to write or to start
    landscaper::event changed_now;  // for those who wait: some status changed
    landscaper::event look_news;    // for reconcile(): the pause has changed
    duration look_pause = std::chrono::hours(1);
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
        return may_start || !moving.empty() || !records.empty() || !ended.empty();
    }

    storage::batch take_batch() {
        storage::batch out;
        out.records = std::exchange(records, {});
        out.ended = std::exchange(ended, {});
        for (const auto& s : starts) {
            if (s.op != operation::read) out.started.push_back(journal_entry(s));  // asking changes nothing
        }
        if (std::any_of(starts.begin(), starts.end(), [](const start& s) { return s.is_repair; })) {
            out.repairs = note_repairs();
        }
        return out;
    }
    const repair_times& note_repairs() {
        auto now = std::chrono::system_clock::now();
        std::erase_if(repairs, [&](const auto& one) { return one.second + between_repairs <= now; });
        for (const auto& s : starts) {
            if (s.is_repair) repairs[s.at] = now;
        }
        return repairs;
    }
    // A clock that was set back makes no repair younger than now.
    void recall_repairs() {
        auto known = storage.repairs();
        if (!known) complain("when resources were last repaired is forgotten: " + known.error().message());
        if (known) repairs = std::move(*known);
        auto now = std::chrono::system_clock::now();
        for (const auto& [at, when] : repairs) {
            auto age = std::max(now - when, std::chrono::system_clock::duration::zero());
            if (age < between_repairs) feed(repaired_before{at, std::chrono::duration_cast<duration>(age)});
        }
    }

    asio::awaitable<void> write_once() {
        auto batch = take_batch();
        std::shared_ptr<move_request> move;
        if (!moving.empty()) move = moving.front();
        if (move) moving.pop_front();
        if (move) batch.moves = moves(kept_elsewhere.without_theirs(scheduler.state()), move->from, move->to);
        auto to_start = std::exchange(starts, {});
        is_writing = true;
        auto elsewhere = kept_elsewhere.take_theirs(batch.records, *declared_now);
        for (const auto& [keeper, r] : elsewhere) {
            auto written = co_await kept_elsewhere.append(keeper, r);
            if (written && r.op != operation::note) batch.ended.push_back(r.at);
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
            journal_again_at = steady::now() + std::chrono::seconds(1);
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
        for (const auto& [run, flight] : in_flight) {
            if (flight.at.is_within(from)) return error(runner_errc::busy, flight.at.text());
        }
        for (const auto& [at, entry] : scheduler.state()) {
            if (at.is_within(to)) return error(runner_errc::name_taken, at.text());
        }
        // Nobody would see any more what is recorded there.
        for (const auto& change : moves(scheduler.state(), from, to)) {
            const auto* wanted = change.entry ? declared_now->find(change.at) : nullptr;
            if (wanted && !wanted->is_stateful) return error(runner_errc::has_no_state, change.at.text());
        }
        return {};
    }

    // Members that say where they are recorded from are moved there before anything else happens to them.
    void move_declared() {
        for (const auto& [at, m] : declared_now->members()) {
            const auto& state = scheduler.state();
            bool is_moved = m.moved_from && !state.contains(at) && state.contains(*m.moved_from);
            if (!is_moved || declared_now->contains(*m.moved_from) || !check_move(*m.moved_from, at))
                continue;
            moving.push_back(std::make_shared<move_request>(move_request{*m.moved_from, at, std::nullopt}));
        }
    }

    // What more there is to say of a resource than what is declared and recorded.
    std::map<path, standing> standings() const {
        std::map<path, standing> out;
        for (const auto& view : scheduler.views()) {
            standing now;
            now.waits_for_person = view.status == resource_status::person && !view.needs_confirmation;
            now.sentence = view.sentence;
            now.drift = view.drift;
            now.is_gone = view.is_gone;
            if (now.waits_for_person || !now.drift.empty()) out.emplace(view.at, std::move(now));
        }
        return out;
    }

    // What can be looked at: what is recorded, and what is created anew by each start.
    std::optional<resource_entry> there(const path& at) const {
        auto found = scheduler.state().find(at);
        return found == scheduler.state().end() ? scheduler.applied(at) : found->second;
    }
    std::set<path> all_there() const {
        std::set<path> out;
        for (const auto& [at, entry] : scheduler.state()) out.insert(at);
        for (const auto& [at, m] : declared_now->members()) {
            if (scheduler.applied(at)) out.insert(at);
        }
        return out;
    }

    bool is_in_flight(const path& at) const {
        return std::any_of(in_flight.begin(), in_flight.end(),
                           [&](const auto& one) { return one.second.at == at; });
    }

    // How the provider of something recorded is asked about it.
    to_look look_of(const path& at, const resource_entry& entry) const {
        const auto* wanted = declared_now->find(at);
        auto recorded = provider_in(entry);
        to_look out{at, recorded.name.empty() && wanted ? wanted->provider : recorded, entry};
        return out;
    }

    // The type of something that is there, and how it is asked.
    result<std::pair<std::shared_ptr<provider::resource_type>, to_look>> type_of(const path& at) const {
        auto entry = there(at);
        if (!entry) return error(runner_errc::not_recorded_there, at.text());
        auto asked = look_of(at, *entry);
        TRY(auto type, types.find(asked.provider, asked.entry.type));
        return std::pair(std::move(type), std::move(asked));
    }

    bool is_idle() const {
        return work.size() == 0 && moving.empty() && starts.empty() && records.empty() && ended.empty() &&
               !is_writing;
    }

    // Outputs of stateless resources that are done, and of another engine's.
    std::map<path, value> applied() const {
        std::map<path, value> out;
        for (const auto& [at, outputs] : scheduler.lent_now()) {
            if (outputs) out.emplace(at, *outputs);
        }
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

}  // namespace landscaper::engine
