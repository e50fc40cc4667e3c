#include "landscaper/engine/io/runner.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "landscaper/engine/io/runner_inner.hpp"

namespace landscaper::engine {

using namespace std::chrono_literals;

const char* describe(runner_errc code) {
    switch (code) {
        case runner_errc::busy: return "is at work; try again when it is done, or cancel it";
        case runner_errc::name_taken: return "is recorded already; destroy it or choose another name";
        case runner_errc::has_no_state:
            return "is declared without a `state`; choose another name, or give it one";
        case runner_errc::not_recorded_there: return "is not recorded; see `landscaper state list`";
    }
    return "unknown error";
}

// How long a stopping runner tries to record results on a disk that refuses them. The journal then says that
// they may exist.
static constexpr auto patience = 5s;

runner::runner(const asio::any_io_executor& executor, const provider::registry& providers,
               runner_options options)
    : self_(std::make_shared<inner>(executor, providers, std::move(options))) {}

runner::~runner() {
    self_->is_closed = true;
}

result<void> runner::open() {
    TRY_VOID(self_->storage.open(self_->options.state_file, self_->options.wall_clock));
    self_->complain(self_->storage.repaired());
    auto borrowed = self_->scheduler.lent_now();
    self_->scheduler = scheduler(self_->storage.recorded(), self_->options.limits, self_->options.deployment);
    for (auto& [at, outputs] : borrowed) self_->feed(lent{at, true, std::move(outputs)});
    for (auto& one : self_->storage.in_doubt()) self_->feed(std::move(one));
    self_->recall_repairs();
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
    TRY(self_->declared_now, self_->sources.declare(source, std::move(members)));
    self_->feed(declared{self_->declared_now});
    self_->move_declared();
    return {};
}

void runner::lend(lent what) {
    self_->feed(std::move(what));
}

const std::map<path, std::optional<value>>& runner::lent_now() const {
    return self_->scheduler.lent_now();
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
    self->moving.push_back(request);
    self->woken.notify();
    while (!request->outcome) {
        CO_TRY_VOID(co_await self->changed_now.wait());
    }
    co_return *request->outcome;
}

void runner::confirm(std::vector<path> roots) {
    self_->feed(confirmed{std::move(roots)});
}
void runner::destroy(std::vector<path> roots, bool even_protected) {
    self_->feed(destroy_requested{std::move(roots), even_protected});
}
void runner::retry(std::vector<path> roots) {
    self_->feed(retry_requested{std::move(roots)});
}
void runner::cancel(std::vector<path> roots) {
    self_->feed(cancel_requested{std::move(roots)});
}
void runner::import_existing(std::vector<path> roots) {
    self_->feed(import_requested{std::move(roots)});
}

task<looking> runner::refresh(std::vector<path> roots, bool asks_foreign) {
    auto self = self_;
    std::vector<to_look> all;
    for (const auto& at : self->all_there()) {
        if (!is_within_any(at, roots) || self->is_in_flight(at)) continue;
        auto what = self->look_of(at, *self->there(at));
        bool is_asked = asks_foreign || !what.provider.is_foreign || self->scheduler.repairs(at);
        if (is_asked) all.push_back(std::move(what));
    }
    auto tell = [self](const to_look& asked, const provider::reality& seen) {
        // What was changed meanwhile was looked at too early.
        auto now = self->there(asked.at);
        if (!now || !(*now == asked.entry)) return;
        self->feed(looked{asked.at, seen.exists, seen.inputs});
    };
    co_return co_await look_at(self->types, std::move(all), tell);
}

void runner::set_reconcile(duration pause, std::set<std::string> repaired_types) {
    self_->feed(repairs_allowed{std::move(repaired_types)});
    if (self_->look_pause == pause) return;
    self_->look_pause = pause;
    self_->look_news.notify();
}

task<> runner::reconcile() {
    auto self = self_;
    for (;;) {
        auto began = steady::now();
        while (steady::now() < began + self->look_pause) {
            auto due = began + self->look_pause;
            auto waited = co_await self->look_news.wait_until(due);
            if (!waited && waited.error().code() == async_errc::cancelled) co_return waited.error();
        }
        auto looking_now = refresh({}, false);
        CO_TRY(auto seen, co_await std::move(looking_now));
        for (const auto& sentence : seen.failures()) self->complain(sentence);
    }
}

task<provider::reality> runner::read(path at) {
    auto self = self_;
    auto found = self->there(at);
    if (!found) co_return error(runner_errc::not_recorded_there, at.text());
    auto asked = self->look_of(at, *found);
    co_return co_await look_at_one(self->types, asked);
}

result<std::vector<provider::operation_info>> runner::operations_of(const path& at) const {
    TRY(auto found, self_->type_of(at));
    return found.first->operations();
}

namespace {

// Whatever ends an operation, a cancellation too, the resource is free again.
struct operating_guard {
    std::function<void(operated)> feed;
    operated what;
    void end() {
        if (auto once = std::exchange(feed, {})) once(std::move(what));
    }
    ~operating_guard() { end(); }
};

error no_operation(const path& at, const std::string& name,
                   const std::vector<provider::operation_info>& all) {
    std::string there_is = "read, refresh";
    for (const auto& one : all) there_is += ", " + one.name;
    return error(provider::provider_errc::unsupported,
                 at.text() + ": " + text::printable(name, 80) + "; there is: " + there_is);
}

result<void> check_arguments(const provider::operation_info& what, const value& arguments) {
    for (const auto& [name, given] : arguments->items()) {
        if (std::find(what.arguments.begin(), what.arguments.end(), name) != what.arguments.end()) continue;
        std::string known;
        for (const auto& one : what.arguments) known += (known.empty() ? "" : ", ") + one;
        return error(provider::provider_errc::bad_input, what.name + " takes no argument \"" +
                                                             text::printable(name, 80) + "\"; it takes " +
                                                             (known.empty() ? "none" : known));
    }
    return {};
}

}  // namespace

task<value> runner::operate(path at, std::string name, value arguments, provider::sink say) {
    auto self = self_;
    CO_TRY(auto found, self->type_of(at));
    auto all = found.first->operations();
    auto what = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (what == all.end()) co_return no_operation(at, name, all);
    CO_TRY_VOID(check_arguments(*what, arguments));
    auto view = self->scheduler.view(at);
    bool is_busy = self->is_in_flight(at) || !self->operated_now.insert(at).second;
    if (is_busy || (view && view->status == resource_status::running)) {
        co_return error(runner_errc::busy, at.text());
    }
    provider::request asked;
    asked.type = found.second.entry.type;
    asked.inputs = found.second.entry.inputs;
    asked.previous = found.second.entry;
    asked.at = at;
    asked.say = std::move(say);
    self->feed(operating{at});
    operating_guard ends{[self](operated outcome) {
                             self->operated_now.erase(outcome.at);
                             self->feed(outcome);
                         },
                         {at, std::nullopt}};
    auto working = found.first->operate(std::move(asked), name, std::move(arguments));
    CO_TRY(auto outcome, co_await std::move(working));
    ends.what.outputs = outcome.outputs;
    ends.end();
    // Nobody is told of what could still be lost.
    auto is_recorded = [&] {
        auto now = self->there(at);
        return !outcome.outputs || !now || now->outputs == *outcome.outputs;
    };
    while (!is_recorded()) {
        CO_TRY_VOID(co_await self->changed_now.wait());
    }
    co_return outcome.answer;
}

std::vector<plan_item> runner::plan(const std::vector<path>& roots) const {
    return engine::plan(*self_->declared_now, self_->scheduler.state(), roots, self_->applied(),
                        self_->standings());
}
result<std::vector<plan_item>> runner::plan_with(const std::string& source, declaration members,
                                                 const std::vector<path>& roots) const {
    TRY(auto built, self_->sources.preview(source, std::move(members)));
    return engine::plan(built, self_->scheduler.state(), roots, self_->applied(), self_->standings());
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
