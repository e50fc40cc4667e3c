#include "landscaper/daemon/bootd_process.hpp"

#include <signal.h>
#include <sys/wait.h>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/file.hpp"
#include "landscaper/async/line_socket.hpp"
#include "landscaper/async/process.hpp"
#include "landscaper/base/printable.hpp"

namespace landscaper::daemon {

using namespace std::chrono_literals;

static std::string socket_of(const options& opts) {
    return opts.runtime() + "/bootd.sock";
}

static task<pid_t> answering(std::string socket) {
    CO_TRY(auto connected, co_await line_socket::connect(socket));
    auto peer = connected.peer();
    connected.close();
    if (!peer) co_return peer.error();
    co_return peer->pid;
}

// The last line that is not empty: what a program said before it gave up.
static std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    auto begin = text.rfind('\n');
    return text::printable(begin == std::string::npos ? text : text.substr(begin + 1), 600);
}

task<pid_t> have_bootd(options opts, std::vector<std::string> interfaces) {
    auto socket = socket_of(opts);
    auto present = co_await answering(socket);
    if (present) co_return present;
    process_spec spec;
    spec.argv = {opts.bootd, "--socket", socket, "--state", opts.state + "/bootd", "--data", opts.data};
    for (const auto& name : interfaces) {
        spec.argv.push_back("--interface");
        spec.argv.push_back(name);
    }
    auto log = opts.runtime() + "/bootd.log";
    ::unlink(log.c_str());
    CO_TRY(auto pid, start_detached(spec, log));
    auto deadline = steady::now() + 20s;
    while (steady::now() < deadline) {
        auto now = co_await answering(socket);
        if (now) co_return now;
        if (::waitpid(pid, nullptr, WNOHANG) == pid) {
            auto words = read_file(log, 65536);
            auto why = words ? last_line(*words) : "";
            co_return error(process_errc::not_started, why.empty() ? spec.argv[0] + " ended at once" : why);
        }
        CO_TRY_VOID(co_await sleep_for(20ms));
    }
    co_return error(async_errc::timed_out, spec.argv[0] + " does not answer on " + socket);
}

task<> stop_bootd(options opts, pid_t pid) {
    ::kill(pid, SIGTERM);
    auto socket = socket_of(opts);
    for (int i = 0; i < 100; ++i) {
        ::waitpid(pid, nullptr, WNOHANG);
        if (::kill(pid, 0) < 0) break;
        CO_TRY_VOID(co_await sleep_for(50ms));
    }
    co_return result<void>();
}

}  // namespace landscaper::daemon
