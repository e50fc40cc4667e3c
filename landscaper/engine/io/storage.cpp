#include "landscaper/engine/io/storage.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>
#include <algorithm>
#include <chrono>
#include <thread>

#include "landscaper/async/event.hpp"
#include "landscaper/engine/judge.hpp"

namespace landscaper::engine {

namespace {

// Another NixOps4 holds the lock for milliseconds. Only on the storage thread, or before anything runs.
template <class Attempt>
auto unlocked(Attempt attempt) {
    auto outcome = attempt();
    for (int i = 0; i < 100 && !outcome && outcome.error().code() == state_file_errc::locked; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        outcome = attempt();
    }
    return outcome;
}

// Where the storage thread leaves its answer. Shared, since the coroutine that waits may be destroyed first.
struct answer {
    explicit answer(const asio::any_io_executor& executor) : given(executor) {}
    std::optional<storage::written> what;
    landscaper::event given;
};

state_change change_of(const record& r) {
    return {r.at, r.entry, to_text(r.op)};
}

// The journal's last word was "started", but what it started is in the state: only the end was lost.
bool is_settled(const interrupted& one, const std::map<path, resource_entry>& state) {
    auto found = state.find(one.at);
    if (one.op == operation::destroy) return found == state.end();
    if (one.op == operation::remove_old) {
        if (found == state.end()) return true;
        auto left = deposed_in(found->second);
        return std::none_of(left.begin(), left.end(), [&](const resource_entry& old) {
            return old.inputs.digest() == one.inputs_digest;
        });
    }
    return found != state.end() && found->second.inputs.digest() == one.inputs_digest;
}

}  // namespace

result<void> storage::open(const std::string& file, state_file::wall_clock now) {
    if (file.empty()) return {};
    file_ = file;
    TRY(auto opened, unlocked([&] { return state_file::open(file, now); }));
    TRY(journal_, journal::open(file + ".journal"));
    state_.emplace(std::move(opened));
    std::vector<path> ended;
    auto state = recorded();
    for (const auto& [at, one] : journal_.interrupted_before()) {
        if (is_settled(one, state)) ended.push_back(at);
    }
    return journal_.ended(ended);
}

std::map<path, resource_entry> storage::recorded() const {
    if (!state_) return {};
    auto all = state_->document().resources();
    return all ? std::move(*all) : std::map<path, resource_entry>();
}

std::vector<interrupted> storage::in_doubt() const {
    std::vector<interrupted> out;
    auto state = recorded();
    for (const auto& [at, one] : journal_.interrupted_before()) {
        if (!is_settled(one, state)) out.push_back(one);
    }
    return out;
}

std::string storage::repaired() const {
    return state_ ? state_->repaired() : "";
}

static std::string file_of_repairs(const std::string& file) {
    return file + ".repairs";
}

result<repair_times> storage::repairs() const {
    if (file_.empty()) return repair_times();
    return read_repairs(file_of_repairs(file_));
}

storage::written storage::write_now(const batch& what) {
    written out;
    if (!state_) return out;
    auto ended = what.ended;
    if (!what.moves.empty()) out.moved = unlocked([&] { return state_->append(what.moves); });
    if (!what.records.empty()) {
        std::vector<state_change> changes;
        for (const auto& r : what.records) changes.push_back(change_of(r));
        auto foreign = state_->foreign_changes();
        auto repaired = state_->repaired();
        out.recorded = unlocked([&] { return state_->append(changes); });
        if (out.recorded) {
            for (const auto& r : what.records) {
                // A note settles no doubt.
                if (r.op != operation::note) ended.push_back(r.at);
            }
        }
        if (state_->foreign_changes() != foreign) out.state = recorded();
        if (state_->repaired() != repaired) out.repaired = state_->repaired();
    }
    out.journalled = journal_.ended(ended);
    if (out.journalled && what.repairs) {
        out.journalled = write_repairs(file_of_repairs(file_), *what.repairs);
    }
    if (out.journalled) out.journalled = journal_.started(what.started);
    return out;
}

asio::awaitable<storage::written> storage::write(batch what) {
    auto executor = co_await asio::this_coro::executor;
    auto shared = std::make_shared<answer>(executor);
    asio::post(thread_, [this, shared, executor, what = std::move(what)] {
        auto outcome = write_now(what);
        asio::post(executor, [shared, outcome = std::move(outcome)]() mutable {
            shared->what = std::move(outcome);
            shared->given.notify();
        });
    });
    while (!shared->what) {
        auto waited = co_await shared->given.wait();
        static_cast<void>(waited);  // cancelled: what is being written is still awaited
    }
    co_return std::move(*shared->what);
}

}  // namespace landscaper::engine
