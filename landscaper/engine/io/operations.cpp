#include "landscaper/engine/io/operations.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <map>

#include "landscaper/async/deadline.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::engine {

struct operations::shared {
    struct running {
        asio::cancellation_signal signal;
        bool is_cancelled = false;
    };
    asio::any_io_executor executor;
    const provider::registry& types;
    teller tell;
    logger log;
    std::map<std::uint64_t, running> runs;
    bool is_heard = true;
};

namespace {

// What an operation gave: outputs; of a read also what was seen.
using provider::reality;

// Keeps the type alive for as long as it works.
task<reality> operate(std::shared_ptr<provider::resource_type> type, provider::request r, operation op) {
    reality out{true, {}, {}};
    if (op == operation::read) co_return co_await type->read(r);
    if (op == operation::destroy || op == operation::remove_old) {
        CO_TRY_VOID(co_await type->destroy(r));
        co_return out;
    }
    auto work = op == operation::create ? type->create(r) : type->update(r);
    CO_TRY(out.outputs, co_await std::move(work));
    co_return out;
}

bool is_cancellation(const error& what) {
    return what.code() == async_errc::cancelled || what.code() == asio::error::operation_aborted;
}

bool is_retryable(const error& what) {
    return what.code() == provider::provider_errc::try_again || what.code() == async_errc::timed_out;
}

// Neither wrong inputs nor an operation that does not exist: it was tried.
bool is_failure(const error& what) {
    using enum provider::provider_errc;
    return what.code() == failed || what.code() == no_answer || what.code() == bad_answer;
}

// A provider that throws has a bug; that is no reason to lose the others.
error error_of(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        return {e.code(), e.what()};
    } catch (const std::exception& e) {
        return {provider::provider_errc::failed, e.what()};
    }
}

// It heard the request and nobody knows what it did with it.
bool is_unclear(const error& what) {
    return what.code() == provider::provider_errc::no_answer ||
           what.code() == provider::provider_errc::bad_answer;
}

event outcome_of(std::uint64_t run, std::exception_ptr thrown, const result<reality>& outcome,
                 bool was_cancelled) {
    if (!thrown && outcome) return succeeded{run, outcome->outputs, outcome->exists, outcome->inputs};
    auto what = thrown ? error_of(thrown) : outcome.error();
    bool is_stopped = was_cancelled && (is_cancellation(what) || is_unclear(what));
    return failed{run,
                  text::printable(what.message()),
                  is_retryable(what),
                  is_stopped,
                  is_unclear(what),
                  true,
                  is_failure(what)};
}

provider::request request_for(const start& what) {
    provider::request out;
    out.type = what.type;
    out.inputs = what.inputs;
    out.previous = what.previous;
    out.is_stateful = what.is_stateful;
    out.at = what.at;
    return out;
}

}  // namespace

operations::operations(const asio::any_io_executor& executor, const provider::registry& types, teller tell,
                       logger log)
    : shared_(std::make_shared<shared>(shared{executor, types, std::move(tell), std::move(log), {}, true})) {}

operations::~operations() {
    shared_->is_heard = false;
}

void operations::begin(const start& what) {
    auto run = what.run;
    auto type = shared_->types.find(what.provider, what.type);
    if (!type) return shared_->tell(failed{run, type.error().message()});
    auto request = request_for(what);
    request.say = [weak = std::weak_ptr(shared_), run, at = what.at](const progress& said_now) {
        auto self = weak.lock();
        if (!self || !self->is_heard || !self->runs.contains(run)) return;
        if (said_now.kind == progress_kind::log) self->log(at, said_now.sentence);
        self->tell(said{run, said_now});
    };
    auto ended = [self = shared_, run](std::exception_ptr thrown, result<reality> outcome) {
        bool was_cancelled = self->runs.at(run).is_cancelled;
        self->runs.erase(run);
        if (self->is_heard) self->tell(outcome_of(run, thrown, outcome, was_cancelled));
    };
    auto& signal = shared_->runs[run].signal;
    auto work = operate(*type, std::move(request), what.op);
    asio::co_spawn(shared_->executor, std::move(work),
                   asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
}

void operations::cancel(std::uint64_t run) {
    auto found = shared_->runs.find(run);
    if (found == shared_->runs.end()) return;
    found->second.is_cancelled = true;
    found->second.signal.emit(asio::cancellation_type::all);
}

void operations::cancel_all() {
    // emit() may end an operation, and so erase it, before it returns.
    for (auto next = shared_->runs.begin(); next != shared_->runs.end();) cancel((next++)->first);
}

std::size_t operations::size() const {
    return shared_->runs.size();
}

}  // namespace landscaper::engine
