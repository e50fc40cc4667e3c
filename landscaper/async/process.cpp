#include "landscaper/async/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "landscaper/async/group.hpp"
#include "landscaper/base/unique_fd.hpp"

extern char** environ;

namespace landscaper {

const char* describe(process_errc code) {
    switch (code) {
        case process_errc::not_found: return "program not found";
        case process_errc::not_started: return "could not be started";
        case process_errc::died: return "ended by a signal";
    }
    return "unknown error";
}

std::string exit_status::text() const {
    if (signal) return "killed by signal " + std::to_string(signal);
    return "exit status " + std::to_string(code);
}

namespace {

struct pipe_ends {
    unique_fd read, write;
};

result<pipe_ends> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0) return errno_error("pipe");
    return pipe_ends{unique_fd(ends[0]), unique_fd(ends[1])};
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry; ++entry) {
        std::string_view text = *entry;
        if (!changes.contains(std::string(text.substr(0, text.find('='))))) out.emplace_back(text);
    }
    for (const auto& [name, value] : changes) {
        if (!value.empty()) out.push_back(name + "=" + value);
    }
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// Frees what posix_spawn's attribute objects allocated.
struct spawn_setup {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    spawn_setup() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }
    ~spawn_setup() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
};

void prepare(spawn_setup& setup, const process_spec& spec, int in, int out, int err) {
    if (!spec.directory.empty()) posix_spawn_file_actions_addchdir_np(&setup.actions, spec.directory.c_str());
    posix_spawn_file_actions_adddup2(&setup.actions, in, 0);
    posix_spawn_file_actions_adddup2(&setup.actions, out, 1);
    posix_spawn_file_actions_adddup2(&setup.actions, err, 2);
    posix_spawn_file_actions_addclosefrom_np(&setup.actions, 3);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&setup.attributes, &none);
    posix_spawnattr_setsigdefault(&setup.attributes, &all);
    posix_spawnattr_setflags(&setup.attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

// Feeds whole lines to a callback and keeps a bounded part of the text.
class output {
  public:
    output(std::size_t limit, bool keep_last, std::function<void(std::string_view)> on_line)
        : limit_(limit), keep_last_(keep_last), on_line_(std::move(on_line)) {}

    void add(std::string_view data) {
        kept_ += data;
        if (kept_.size() > limit_) {
            if (keep_last_) {
                kept_.erase(0, kept_.size() - limit_);
            } else {
                kept_.resize(limit_);
            }
        }
        if (!on_line_) return;
        line_ += data;
        for (std::size_t end; (end = line_.find('\n')) != std::string::npos; line_.erase(0, end + 1)) {
            on_line_(std::string_view(line_).substr(0, end));
        }
        if (line_.size() > limit_) line_.clear();
    }
    std::string finish() {
        if (on_line_ && !line_.empty()) on_line_(line_);
        return std::move(kept_);
    }

  private:
    std::size_t limit_;
    bool keep_last_;
    std::function<void(std::string_view)> on_line_;
    std::string kept_, line_;
};

task<> read_all(asio::posix::stream_descriptor& from, output& into) {
    std::string buffer(16384, '\0');
    for (;;) {
        auto [failed, count] = co_await from.async_read_some(asio::buffer(buffer), as_result);
        if (failed) co_return result<void>();
        into.add(std::string_view(buffer).substr(0, count));
    }
}

task<> write_all(asio::posix::stream_descriptor& to, const std::string& input) {
    if (!input.empty()) {
        auto [failed, count] = co_await asio::async_write(to, asio::buffer(input), as_result);
        static_cast<void>(failed);
        static_cast<void>(count);
    }
    to.close();
    co_return result<void>();
}

}  // namespace

child::child(const asio::any_io_executor& executor, pid_t pid, int pidfd, int in, int out, int err)
    : pid_(pid), pidfd_(executor, pidfd), in_(executor, in), out_(executor, out), err_(executor, err) {}

child::child(child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      in_(std::move(other.in_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      ended_(other.ended_) {}

child& child::operator=(child&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(ended_, other.ended_);
    pidfd_ = std::move(other.pidfd_);
    in_ = std::move(other.in_);
    out_ = std::move(other.out_);
    err_ = std::move(other.err_);
    return *this;
}

child::~child() {
    if (pid_ <= 0 || ended_) return;
    signal_group(SIGKILL);
    int status;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

static result<pid_t> spawn(const process_spec& spec, int in, int out, int err) {
    spawn_setup setup;
    prepare(setup, spec, in, out, err);
    auto argv = spec.argv;
    auto env = environment_with(spec.env);
    auto argv_pointers = pointers(argv);
    auto env_pointers = pointers(env);
    pid_t pid = -1;
    int failed = ::posix_spawnp(&pid, argv[0].c_str(), &setup.actions, &setup.attributes,
                                argv_pointers.data(), env_pointers.data());
    if (failed == ENOENT) return error(process_errc::not_found, argv[0]);
    if (failed) return error(process_errc::not_started, argv[0] + ": " + std::strerror(failed));
    return pid;
}

result<pid_t> start_detached(const process_spec& spec, const std::string& log) {
    unique_fd in(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    unique_fd out(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!out) return errno_error(log);
    return spawn(spec, in.get(), out.get(), out.get());
}

result<child> child::start(const asio::any_io_executor& executor, const process_spec& spec) {
    TRY(auto in, make_pipe());
    TRY(auto out, make_pipe());
    TRY(auto err, make_pipe());
    TRY(auto pid, spawn(spec, in.read.get(), out.write.get(), err.write.get()));
    int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        auto failure = errno_error("pidfd_open");
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return failure;
    }
    ::fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    return child(executor, pid, pidfd, in.write.release(), out.read.release(), err.read.release());
}

void child::signal_group(int number) const {
    if (pid_ > 0) ::kill(-pid_, number);
}

task<exit_status> child::exit() {
    if (!ended_) {
        auto [failed] = co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (failed) co_return error(async_errc::cancelled);
    }
    // Others may have waited for it too.
    if (!ended_) {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        ended_ = exit_status{WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                             WIFSIGNALED(status) ? WTERMSIG(status) : 0};
    }
    co_return *ended_;
}

task<exit_status> child::stop(steady::duration grace) {
    if (!ended_) signal_group(SIGTERM);
    auto ended = co_await until(steady::now() + grace, exit());
    if (!ended) signal_group(SIGKILL);
    co_return co_await exit();
}

namespace {

// Feeds stdin and reads stdout and stderr until the child has closed them.
task<> pump(child& process, const std::string& input, output& out, output& err) {
    std::vector<task<>> all;
    all.push_back(write_all(process.in(), input));
    all.push_back(read_all(process.out(), out));
    all.push_back(read_all(process.err(), err));
    auto pumped = co_await all_of(std::move(all));
    if (pumped) co_return pumped;
    process.in().close();
    process.out().close();
    process.err().close();
    co_return pumped;
}

task<process_result> run_once(const process_spec& spec, const process_options& options,
                              steady_time deadline) {
    auto executor = co_await asio::this_coro::executor;
    CO_TRY(auto process, child::start(executor, spec));
    output out(options.limit, false, options.on_out_line);
    output err(options.limit, true, options.on_err_line);
    auto pumped = co_await until(deadline, pump(process, options.input, out, err));
    if (!pumped) {
        if (pumped.error().code() == async_errc::timed_out) {
            auto stopped = co_await process.stop(std::chrono::seconds(2));
            static_cast<void>(stopped);
        }
        co_return pumped.error().in(spec.argv[0]);
    }
    auto ended = co_await until(deadline, process.exit());
    if (!ended) co_return ended.error().in(spec.argv[0]);
    process_result finished;
    finished.status = *ended;
    finished.out = out.finish();
    finished.err = err.finish();
    co_return finished;
}

constexpr unsigned most_runs = 10;
constexpr std::chrono::milliseconds first_pause{50};

}  // namespace

task<process_result> run_process(process_spec spec, process_options options, steady_time deadline) {
    auto pause = first_pause;
    for (unsigned runs = 1;; ++runs, pause *= 2) {
        auto done = co_await run_once(spec, options, deadline);
        if (!done || done->status.is_success() || !options.is_passing) co_return done;
        bool is_last = runs == most_runs || steady::now() + pause > deadline;
        if (is_last || !options.is_passing(done->err)) co_return done;
        CO_TRY_VOID(co_await sleep_for(pause));
    }
}

}  // namespace landscaper
