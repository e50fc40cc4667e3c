// Child processes: posix_spawn in a session of their own with every other descriptor closed, exit awaited on
// a pidfd. No SIGCHLD handler, no shell in between, nothing inherited but what is named here.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/async/deadline.hpp"
#include "landscaper/base/bytes.hpp"

namespace landscaper {

enum class process_errc {
    not_found = 1,  // the program does not exist in PATH
    not_started,    // posix_spawn failed
    died,           // ended by a signal
};
const char* describe(process_errc code);

struct process_spec {
    std::vector<std::string> argv;           // argv[0] is looked up in PATH
    std::map<std::string, std::string> env;  // added to this process's environment; an empty value removes
    std::string directory;                   // working directory; empty = unchanged
};

// How a child ended: exit status 0-255, or the signal that ended it.
struct exit_status {
    int code = 0;
    int signal = 0;
    bool is_success() const { return code == 0 && signal == 0; }
    std::string text() const;  // "exit status 3", "killed by signal 9"
};

// A running child with pipes on stdin, stdout and stderr. Destroying it kills its process group.
class child {
  public:
    static result<child> start(const asio::any_io_executor& executor, const process_spec& spec);
    child(child&&) noexcept;
    child& operator=(child&&) noexcept;
    ~child();

    pid_t pid() const { return pid_; }
    asio::posix::stream_descriptor& in() { return in_; }
    asio::posix::stream_descriptor& out() { return out_; }
    asio::posix::stream_descriptor& err() { return err_; }
    // Waits for the end of the process (not of its pipes).
    task<exit_status> exit();
    // SIGTERM to the group, SIGKILL after `grace`; returns when it is gone.
    task<exit_status> stop(steady::duration grace);
    void signal_group(int number) const;

  private:
    child(const asio::any_io_executor& executor, pid_t pid, int pidfd, int in, int out, int err);

    pid_t pid_ = -1;
    asio::posix::stream_descriptor pidfd_, in_, out_, err_;
    std::optional<exit_status> ended_;
};

struct process_result {
    exit_status status;
    std::string out;  // at most the limit's bytes; the rest is dropped
    std::string err;  // the last `limit` bytes
};

struct process_options {
    std::string input;                                  // written to stdin, then closed
    std::size_t limit = std::size_t{16} << 20;          // bytes kept of stdout and of stderr
    std::function<void(std::string_view)> on_out_line;  // called per line (without line end) as it comes
    std::function<void(std::string_view)> on_err_line;
    // A child that failed, and for whose stderr this holds, is run again: 50 ms later, then after twice as
    // long each time, ten times in all (25 s), and never past the deadline. Empty: none is.
    std::function<bool(std::string_view)> is_passing;
};

// Runs a child to its end, that is until it has exited and its stdout and stderr are closed (a background
// child that keeps them open counts). Past `deadline` its group gets SIGTERM, after 2 s SIGKILL; cancelled,
// SIGKILL at once; the result is then timed_out or cancelled. A non-zero exit is not an error here.
task<process_result> run_process(process_spec spec, process_options options, steady_time deadline);

// Starts a program that outlives this one, in a session of its own, stdin from /dev/null, stdout and stderr
// appended to `log`. Nobody but the caller waits for it (waitpid); when the caller ends first, init does.
result<pid_t> start_detached(const process_spec& spec, const std::string& log);

}  // namespace landscaper

LANDSCAPER_ERROR_ENUM(landscaper, process_errc, "process")
