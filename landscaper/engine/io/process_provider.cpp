#include "landscaper/engine/io/process_provider.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "landscaper/async/group.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/protocol.hpp"

namespace landscaper::engine {

namespace protocol = provider::protocol;
using provider::provider_errc;

namespace {

using pipe = asio::posix::stream_descriptor;

// Lines come in through add(); whatever follows the last line end waits.
class line_buffer {
  public:
    void add(std::string_view data) { text_ += data; }
    std::optional<std::string> take() {
        auto end = text_.find('\n', searched_);
        searched_ = end == std::string::npos ? text_.size() : 0;
        if (end == std::string::npos) return std::nullopt;
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
    }
    // What came without a line end.
    std::string rest() { return std::exchange(text_, {}); }
    std::size_t size() const { return text_.size(); }

  private:
    std::string text_;
    std::size_t searched_ = 0;
};

// One conversation: the operation's coroutine and its helpers share this.
struct conversation {
    conversation(const asio::any_io_executor& executor, child started, provider::request r)
        : process(std::move(started)), asked(std::move(r)), changed(executor), helpers(executor) {}

    child process;
    provider::request asked;
    std::optional<std::string> answer;
    bool answered_twice = false;
    bool is_silent = false;  // stdout is closed
    bool has_ended = false;
    bool is_too_long = false;
    landscaper::event changed;
    group helpers;
};
using shared_conversation = std::shared_ptr<conversation>;

task<> send(conversation& c, std::string line) {
    auto [failed, count] = co_await asio::async_write(c.process.in(), asio::buffer(line), as_result);
    static_cast<void>(count);
    // A provider that ended without reading says more by its exit.
    static_cast<void>(failed);
    co_return result<void>();
}

task<> log_lines(conversation& c) {
    line_buffer lines;
    std::string chunk(16384, '\0');
    for (;;) {
        auto [failed, count] = co_await c.process.err().async_read_some(asio::buffer(chunk), as_result);
        if (failed) break;
        lines.add(std::string_view(chunk).substr(0, count));
        while (auto line = lines.take()) c.asked.log(text::printable(*line));
        if (lines.size() > chunk.size()) c.asked.log(text::printable(lines.rest()));
    }
    auto rest = lines.rest();
    if (!rest.empty()) c.asked.log(text::printable(rest));
    co_return result<void>();
}

// The first line is the answer. Later ones are read, so that the provider can end, and forgotten.
task<> listen(conversation& c) {
    line_buffer lines;
    std::string chunk(65536, '\0');
    for (;;) {
        auto [failed, count] = co_await c.process.out().async_read_some(asio::buffer(chunk), as_result);
        if (failed) break;
        if (c.answer) {
            c.answered_twice = true;
            continue;
        }
        lines.add(std::string_view(chunk).substr(0, count));
        c.answer = lines.take();
        c.answered_twice = c.answer && lines.size() > 0;
        c.is_too_long = !c.answer && lines.size() > protocol::max_line;
        if (c.is_too_long) break;
        if (c.answer) c.changed.notify();
    }
    // A last line without its end counts, as it does for NixOps4.
    auto rest = lines.rest();
    if (!c.answer && !c.is_too_long && !rest.empty()) c.answer = std::move(rest);
    c.is_silent = true;
    c.changed.notify();
    co_return result<void>();
}

// A grandchild may keep stdout open: what the provider itself did not say before it ended is said by nobody.
task<> watch_end(conversation& c) {
    auto ended = co_await c.process.exit();
    c.has_ended = ended.has_value();
    c.changed.notify();
    co_return result<void>();
}

asio::awaitable<bool> is_cancelled() {
    auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

bool has_spoken(const conversation& c) {
    return c.answer || c.is_silent || c.is_too_long;
}

// Until there is an answer, or there will be none. Cancelled, it waits no longer than the grace; and once the
// provider has ended no longer than the farewell, in which what it said is read.
asio::awaitable<void> await_answer(conversation& c, process_provider_options options) {
    auto latest = steady_time::max();
    bool has_ended = false, was_cancelled = false;
    while (!has_spoken(c) && steady::now() < latest) {
        auto wait = latest == steady_time::max() ? c.changed.wait() : c.changed.wait_until(latest);
        auto waited = co_await std::move(wait);
        static_cast<void>(waited);
        if (c.has_ended && !std::exchange(has_ended, true))
            latest = std::min(latest, steady::now() + options.farewell);
        auto cancelled = co_await is_cancelled();
        if (!cancelled) continue;
        co_await asio::this_coro::reset_cancellation_state();
        if (!std::exchange(was_cancelled, true)) latest = std::min(latest, steady::now() + options.grace);
    }
}

task<> join(group& helpers) {
    co_await helpers.join();
    co_return result<void>();
}

// End of file on stdin asks the provider to end.
task<exit_status> say_goodbye(conversation& c, const process_provider_options& options) {
    c.process.in().close();
    if (has_spoken(c) && !c.is_too_long) {
        auto ended = co_await until(steady::now() + options.farewell, c.process.exit());
        if (ended) co_return ended;
    }
    co_return co_await c.process.stop(std::chrono::seconds(2));
}

// A program that does not know a request ends without a word (NixOps4's own do, with success). Only these may
// be unknown: everything else is in the protocol from its beginning.
bool may_be_unknown(protocol::message_kind asked) {
    using enum protocol::message_kind;
    return asked == destroy || asked == read || asked == import;
}

error silence(const conversation& c, const result<exit_status>& ended, const std::string& name,
              protocol::message_kind asked) {
    if (ended && ended->is_success() && !c.is_too_long && may_be_unknown(asked)) {
        return error(provider_errc::unsupported, name + " ended without an answer");
    }
    if (c.is_too_long) return error(provider_errc::bad_answer, name + ": a line of more than 64 MiB");
    return error(provider_errc::no_answer, name + (ended ? ": " + ended->text() : ""));
}

// Without the sentence that is about to be put behind it.
std::string what_is_wrong(const error& answer) {
    return answer.code() == provider_errc::bad_answer ? answer.context() : answer.message();
}

result<value> believe(protocol::message_kind asked, const std::string& answer, const std::string& name) {
    auto decoded = protocol::decode_response(asked, answer);
    if (!decoded) return error(provider_errc::bad_answer, name + ": " + what_is_wrong(decoded.error()));
    if (!decoded->error) return std::move(decoded->properties);
    // So our own providers say it; a program that does not even know the request says nothing.
    bool lacks = decoded->error->ends_with(describe(provider_errc::unsupported));
    if (lacks) return error(provider_errc::unsupported, name);
    return error(provider_errc::failed, name + ": " + text::printable(*decoded->error, 16384));
}

task<value> converse(shared_conversation c, protocol::request_message message,
                     process_provider_options options, std::string name) {
    co_await asio::this_coro::throw_if_cancelled(false);
    c->helpers.spawn("stdin", send(*c, protocol::encode(message) + "\n"));
    c->helpers.spawn("stdout", listen(*c));
    c->helpers.spawn("stderr", log_lines(*c));
    c->helpers.spawn("end", watch_end(*c));
    co_await await_answer(*c, options);
    auto ended = co_await say_goodbye(*c, options);
    // A grandchild may keep the pipes open; what the provider itself said is already here or will be at once.
    auto joined = co_await until(steady::now() + std::chrono::milliseconds(200), join(c->helpers));
    static_cast<void>(joined);
    co_await c->helpers.stop();
    auto cancelled = co_await is_cancelled();
    if (cancelled) co_await asio::this_coro::reset_cancellation_state();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (c->answered_twice) c->asked.log(name + " said more than one line; the first one counts");
    if (!c->answer) co_return silence(*c, ended, name, message.kind);
    co_return believe(message.kind, *c->answer, name);
}

class process_provider : public provider::resource_type {
  public:
    process_provider(provider_ref program, process_provider_options options)
        : program_(std::move(program)), options_(std::move(options)) {}

    task<value> create(provider::request r) override {
        protocol::request_message m;
        m.type = r.type;
        m.inputs = r.inputs;
        m.is_stateful = r.is_stateful;
        return ask(std::move(m), std::move(r));
    }
    task<value> update(provider::request r) override {
        auto m = about(protocol::message_kind::update, r);
        m.inputs = r.inputs;
        return ask(std::move(m), std::move(r));
    }
    task<> destroy(provider::request r) override {
        return forget(about(protocol::message_kind::destroy, r), r);
    }
    // Ours first; then the import of NixOps4's pull request 128, which knows no inputs and errs when there is
    // nothing.
    task<provider::reality> read(provider::request r) override {
        auto first = ask(about(protocol::message_kind::read, r), r);
        auto seen = co_await std::move(first);
        if (!seen && seen.error().code() == provider_errc::unsupported && !r.previous) {
            auto second = ask(about(protocol::message_kind::import, r), r);
            CO_TRY(auto outputs, co_await std::move(second));
            co_return provider::reality{true, {}, std::move(outputs)};
        }
        if (!seen) co_return seen.error();
        provider::reality out;
        const auto& body = **seen;
        out.exists = body.at("exists").get<bool>();
        if (body.contains("inputProperties")) out.inputs = value(body.at("inputProperties"));
        if (body.contains("outputProperties")) out.outputs = value(body.at("outputProperties"));
        co_return out;
    }
    task<value> read_state(provider::request r) override {
        return ask(about(protocol::message_kind::state_read, r), r);
    }
    task<> state_event(provider::request r, std::string event, value patch) override {
        auto m = about(protocol::message_kind::state_event, r);
        m.event = std::move(event);
        m.nixops_version = "landscaper";
        m.patch = std::move(patch);
        return forget(std::move(m), std::move(r));
    }

  private:
    static protocol::request_message about(protocol::message_kind kind, const provider::request& r) {
        protocol::request_message out;
        out.kind = kind;
        out.resource = r.previous;
        if (!out.resource) out.resource = resource_entry{r.type, r.inputs, {}, {}};
        out.type = out.resource->type;
        return out;
    }

    task<value> ask(protocol::request_message message, provider::request r) {
        auto executor = co_await asio::this_coro::executor;
        process_spec spec{program_.args, {}, options_.directory};
        spec.argv.insert(spec.argv.begin(), program_.name);
        CO_TRY(auto started, child::start(executor, spec));
        auto c = std::make_shared<conversation>(executor, std::move(started), std::move(r));
        co_return co_await converse(c, std::move(message), options_, program_.name);
    }

    task<> forget(protocol::request_message message, provider::request r) {
        CO_TRY_VOID(co_await ask(std::move(message), std::move(r)));
        co_return result<void>();
    }

    provider_ref program_;
    process_provider_options options_;
};

}  // namespace

std::shared_ptr<provider::resource_type> make_process_provider(provider_ref program,
                                                               process_provider_options options) {
    return std::make_shared<process_provider>(std::move(program), std::move(options));
}

provider::registry::foreign_factory foreign_providers(process_provider_options options) {
    return [options](const provider_ref& program) { return make_process_provider(program, options); };
}

}  // namespace landscaper::engine
