#include "landscaper/ssh/io/client.hpp"

#include <optional>

#include "landscaper/async/event.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/io/master.hpp"

namespace landscaper::ssh {

struct session_state {
    session_state(const asio::any_io_executor& executor, client_config c, endpoint h, pin p)
        : config(std::move(c)), host(std::move(h)), expected(std::move(p)), opened(executor) {}

    client_config config;
    endpoint host;
    pin expected;
    std::optional<master> connection;
    bool opening = false;
    event opened;

    std::string where() const { return expected.alias + " at " + host.address; }
};

namespace {

using state_ptr = std::shared_ptr<session_state>;

// One caller opens, the others wait for it.
task<> open_on(state_ptr s, steady_time deadline) {
    while (s->opening) {
        CO_TRY_VOID(co_await s->opened.wait_until(deadline));
    }
    if (s->connection) co_return result<void>();
    struct opening_guard {
        session_state& s;
        explicit opening_guard(session_state& of) : s(of) { s.opening = true; }
        ~opening_guard() {
            s.opening = false;
            s.opened.notify();
        }
    } guard(*s);
    auto made = co_await master::open(s->config, s->host, s->expected, deadline);
    if (!made) co_return made.error();
    s->connection.emplace(std::move(*made));
    co_return result<void>();
}

// The longest single argument Linux accepts is 128 KiB (MAX_ARG_STRLEN), there and on the host.
constexpr std::size_t longest_script = 120000;

task<process_result> session_process(state_ptr s, const std::string& script, run_options options) {
    if (script.size() > longest_script) {
        co_return error(ssh_errc::too_long, "a script of " + std::to_string(script.size()) + " bytes");
    }
    auto deadline = steady::now() + options.deadline;
    CO_TRY_VOID(co_await open_on(s, deadline));
    process_spec spec;
    spec.argv = session_arguments(s->host, s->connection->control_path(), script);
    spec.argv[0] = s->config.program;
    process_options process;
    process.input = std::move(options.input);
    process.on_out_line = std::move(options.on_output);
    co_return co_await run_process(std::move(spec), std::move(process), deadline);
}

// What ssh says when there was no master to ask and ProxyCommand=false ended the attempt: nothing was
// started.
bool never_started(const process_result& done) {
    return done.status.code == 255 && done.err.find("UNKNOWN port 65535") != done.err.npos;
}

task<command_result> run_on(state_ptr s, std::string script, run_options options) {
    auto done = co_await session_process(s, script, options);
    if (done && never_started(*done)) {
        s->connection.reset();
        done = co_await session_process(s, script, options);
    }
    if (!done) {
        bool late = done.error().code() == async_errc::timed_out;
        co_return late ? error(ssh_errc::timed_out, s->where()) : done.error();
    }
    if (done->status.signal || done->status.code == 255) {
        s->connection.reset();
        co_return error(ssh_errc::lost, s->where() + ": " + text::printable(done->err, 200));
    }
    command_result ended;
    ended.exit_code = done->status.code;
    ended.output = std::move(done->out);
    ended.errors = std::move(done->err);
    co_return ended;
}

std::string last_words(const command_result& ended) {
    auto words = ended.errors.empty() ? ended.output : ended.errors;
    if (words.size() > 400) words.erase(0, words.size() - 400);
    return "exit status " + std::to_string(ended.exit_code) + ": " + text::printable(words, 400);
}

// Following one detached step: what was read so far, and when the host last said something.
struct follower {
    std::string id, script;
    detached_options options;
    std::string folder;
    std::string log = {};  // whole lines, except at the end
    bool started = false;
    unsigned deaths = 0;
    steady_time last_sign = options.clock();
    std::string slice_lines = {};

    run_options next_run() {
        run_options run;
        run.deadline = options.slice + std::chrono::seconds(30);
        run.on_output = [this](std::string_view line) {
            last_sign = options.clock();
            slice_lines += line;
            slice_lines += '\n';
            if (options.on_output) options.on_output(line);
        };
        slice_lines.clear();
        return run;
    }
    // A slice that ended in order has the exact bytes; a broken one counts only lines that came whole.
    void take_whole(const std::string& output, bool to_the_end) {
        auto length = to_the_end ? output.size() : output.rfind('\n') + 1;
        log.append(output, 0, length);
    }
    void take_broken() { log += slice_lines; }
};

task<step_report> follow_slice(state_ptr s, follower& f) {
    auto run = f.next_run();
    auto offset = f.log.size();
    std::string command;
    if (f.started) {
        command = follow(f.id, offset, f.options.slice, f.folder);
    } else {
        auto text = detached_and_follow(f.id, f.script, offset, f.options.slice, f.folder);
        command = std::move(text.command);
        run.input = std::move(text.input);
    }
    auto ended = co_await run_on(s, std::move(command), std::move(run));
    if (!ended) {
        f.take_broken();
        co_return ended.error();
    }
    if (ended->exit_code != 0) co_return error(ssh_errc::command_failed, last_words(*ended));
    CO_TRY(auto report, parse_follow(f.id, ended->errors));
    f.take_whole(ended->output, report.state == step_state::ended);
    f.started = report.state == step_state::running || report.state == step_state::ended;
    co_return report;
}

// The connection went; the step did not. Tries to get back until options.reconnect has passed.
task<> reconnect(state_ptr s, const follower& f) {
    auto give_up = steady::now() + f.options.reconnect;
    for (;;) {
        s->connection.reset();
        auto attempt = std::min(give_up, steady::now() + std::chrono::seconds(20));
        auto opened = co_await open_on(s, attempt);
        if (opened) co_return result<void>();
        if (!is_transient(opened.error()) || steady::now() >= give_up) co_return opened.error();
        CO_TRY_VOID(co_await sleep_for(std::chrono::seconds(1)));
    }
}

result<void> check_signs(const follower& f) {
    auto age = f.options.clock() - f.last_sign;
    if (age >= f.options.slice && f.options.on_quiet) f.options.on_quiet(age);
    if (age < f.options.quiet) return {};
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
    return error(ssh_errc::stalled, f.id + ": nothing for " + std::to_string(seconds) + " s");
}

task<command_result> detached_on(state_ptr s, std::string id, std::string script, detached_options options) {
    if (!is_step_id(id)) co_return error(ssh_errc::bad_output, "step id '" + text::printable(id, 80) + "'");
    follower f{.id = std::move(id),
               .script = std::move(script),
               .options = std::move(options),
               .folder = s->config.steps_folder};
    for (;;) {
        auto report = co_await follow_slice(s, f);
        if (!report) {
            if (!is_transient(report.error())) co_return report.error().in("step " + f.id);
            CO_TRY_VOID(co_await reconnect(s, f));
            continue;
        }
        if (report->state == step_state::ended) {
            command_result ended;
            ended.exit_code = report->exit_code;
            ended.output = std::move(f.log);
            co_return ended;
        }
        // A step is safe to repeat, so one that was killed is started once more.
        bool gone = report->state == step_state::died || report->state == step_state::unknown;
        if (gone && ++f.deaths > 1) co_return error(ssh_errc::step_lost, f.id);
        CO_TRY_VOID(check_signs(f));
    }
}

}  // namespace

host_session::host_session(const asio::any_io_executor& executor, client_config config, endpoint host,
                           pin expected)
    : state_(std::make_shared<session_state>(executor, std::move(config), std::move(host),
                                             std::move(expected))) {}

host_session::~host_session() {
    state_->connection.reset();
}

const endpoint& host_session::host() const {
    return state_->host;
}
const pin& host_session::expected() const {
    return state_->expected;
}

bool host_session::is_open() const {
    return state_->connection.has_value();
}

task<> host_session::open(steady::duration deadline) {
    return open_on(state_, steady::now() + deadline);
}

task<command_result> host_session::run(std::string script, run_options options) {
    return run_on(state_, std::move(script), std::move(options));
}

namespace {

task<std::string> expect_on(state_ptr s, std::string script, run_options options) {
    CO_TRY(auto ended, co_await run_on(s, std::move(script), std::move(options)));
    if (ended.exit_code != 0) co_return error(ssh_errc::command_failed, last_words(ended));
    co_return std::move(ended.output);
}

task<std::string> nix_options_on(state_ptr s) {
    CO_TRY_VOID(co_await open_on(s, steady::now() + std::chrono::seconds(20)));
    co_return nix_ssh_options(s->connection->control_path());
}

task<> close_on(state_ptr s) {
    if (!s->connection) co_return result<void>();
    auto closing = std::move(*s->connection);
    s->connection.reset();
    co_return co_await closing.close();
}

}  // namespace

task<std::string> host_session::expect(std::string script, run_options options) {
    return expect_on(state_, std::move(script), std::move(options));
}

task<command_result> host_session::run_detached(std::string step_id, std::string script,
                                                detached_options options) {
    return detached_on(state_, std::move(step_id), std::move(script), std::move(options));
}

task<std::string> host_session::nix_options() {
    return nix_options_on(state_);
}

task<> host_session::close() {
    return close_on(state_);
}

task<bool> is_refused(client_config config, endpoint host, pin old, steady::duration deadline) {
    CO_TRY(auto pins, known_hosts_file::make(config, old));
    process_spec spec;
    spec.argv = direct_arguments(host, old, pins.path(), "true");
    spec.argv[0] = config.program;
    CO_TRY(auto done, co_await run_process(std::move(spec), {}, steady::now() + deadline));
    if (done.status.is_success()) co_return false;
    auto why = classify(done.status.code, done.err);
    if (why && why->code() == ssh_errc::impostor) co_return true;
    if (why) co_return *why;
    co_return error(ssh_errc::client_failed, done.status.text());
}

}  // namespace landscaper::ssh
