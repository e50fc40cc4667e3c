// Runs commands on one host with OpenSSH's client: one pinned master connection, shared by all commands,
// opened when needed and opened again when lost. Never accepts a key that is not the pin's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/task.hpp"
#include "landscaper/ssh/detached.hpp"
#include "landscaper/ssh/failure.hpp"
#include "landscaper/ssh/options.hpp"

namespace landscaper::ssh {

// What all sessions share.
struct client_config {
    std::string runtime_folder;  // tmpfs, 0700: known_hosts files (0600, unlinked after use), control sockets
    std::string program = "ssh";
    std::string keygen_program = "ssh-keygen";
    // Of the hosts; others only in tests.
    std::uint16_t port = 22;
    std::string steps_folder{ssh::steps_folder};
    std::string root;  // before the paths of what is looked at; empty = the host's own
};

struct command_result {
    int exit_code = 0;
    std::string output;  // stdout, at most 16 MiB
    std::string errors;  // the end of stderr
};

using line_callback = std::function<void(std::string_view line)>;

struct run_options {
    std::string input = {};  // the script's stdin
    steady::duration deadline = std::chrono::seconds(60);
    line_callback on_output = {};  // per line of stdout, as it comes
};

struct detached_options {
    // Longest time without a line in the log before the step is stalled (it keeps running on the host).
    steady::duration quiet = std::chrono::minutes(10);
    line_callback on_output = {};
    // Called every `slice` without output with the age of the last line: "no progress for 15 s".
    std::function<void(steady::duration)> on_quiet = {};
    std::chrono::milliseconds slice{15000};
    // What the silence is measured with; another one only in tests.
    std::function<steady_time()> clock = steady::now;
    // How long to try to get the connection back before giving up; the step itself goes on.
    steady::duration reconnect = std::chrono::minutes(2);
};

struct session_state;  // in client.cpp

class host_session {
  public:
    host_session(const asio::any_io_executor& executor, client_config config, endpoint host, pin expected);
    host_session(const host_session&) = delete;
    host_session& operator=(const host_session&) = delete;
    // Ends the master at once.
    ~host_session();

    const endpoint& host() const;
    const pin& expected() const;

    // Whether a master connection was opened and has not been seen to end.
    bool is_open() const;
    // Opens the master connection if there is none. Errors: ssh_errc, see failure.hpp.
    task<> open(steady::duration deadline = std::chrono::seconds(20));
    // Runs shell text on the host. A non-zero exit is a result, a failed connection an error. A command that
    // may have started is never sent again by itself.
    task<command_result> run(std::string script, run_options options = {});
    // run(), and command_failed with the last words of stderr unless the status is 0. Returns stdout.
    task<std::string> expect(std::string script, run_options options = {});
    // Starts or re-attaches to a detached step and follows it to its end, over lost connections.
    // output = the log from its beginning.
    task<command_result> run_detached(std::string step_id, std::string script, detached_options options = {});
    // NIX_SSHOPTS for a `nix copy` of this machine through the master, which is opened for it.
    task<std::string> nix_options();
    // Ends the master connection in order.
    task<> close();

  private:
    std::shared_ptr<session_state> state_;
};

// TCP connection and the first line an SSH server sends: whether it makes sense to log in. No process.
task<std::string> probe(std::string address, std::uint16_t port, steady::duration deadline);

// True when the host proves to hold another key than `old`, false when it still answers to it (then a command
// was run: `true`). Anything else, such as an unreachable host, is an error: no answer is no proof.
task<bool> is_refused(client_config config, endpoint host, pin old, steady::duration deadline);

struct key_pair {
    std::string private_key_file;  // 0600
    public_key key;
};
// Makes an ed25519 pair in `folder`/`name` (and `name`.pub), replacing one that is there.
task<key_pair> make_key_pair(client_config config, std::string folder, std::string name, std::string comment);
// The pair in `folder`/`name`, made if there is none: landscaper's client key.
task<key_pair> have_key_pair(client_config config, std::string folder, std::string name, std::string comment);

}  // namespace landscaper::ssh
