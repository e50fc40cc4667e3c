#include "landscaper/ssh/io/master.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/async/random.hpp"
#include "landscaper/base/hex.hpp"

namespace landscaper::ssh {

result<known_hosts_file> known_hosts_file::make(const client_config& config, const pin& expected) {
    TRY_VOID(make_folders(config.runtime_folder, 0700));
    auto path = config.runtime_folder + "/pin-" + to_hex(random_bytes(8));
    TRY_VOID(write_file_atomically(path, known_hosts(expected), 0600));
    return known_hosts_file(std::move(path));
}

known_hosts_file::~known_hosts_file() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

namespace {

// ssh binds PATH.XXXXXXXXXXXXXXXX first and renames it, so 17 bytes must be left.
result<std::string> control_path_in(const client_config& config) {
    auto path = config.runtime_folder + "/m-" + to_hex(random_bytes(6));
    if (path.size() + 17 >= sizeof(sockaddr_un::sun_path)) {
        return error(ssh_errc::too_long,
                     "control socket " + path + ": use a shorter runtime folder (--socket)");
    }
    return path;
}

asio::awaitable<std::string> read_to_end(asio::posix::stream_descriptor& from, std::string until_line) {
    std::string text;
    for (;;) {
        std::string buffer(4096, '\0');
        auto [failed, count] = co_await from.async_read_some(asio::buffer(buffer), as_result);
        text += buffer.substr(0, count);
        if (failed || text.size() > 65536) co_return text;
        if (!until_line.empty() && text.find(until_line) != text.npos) co_return text;
    }
}

// The login shell's start files may print something first, so the line is looked for, not expected at once.
task<> logged_in(child& process) {
    auto ready = std::string(master_ready) + "\n";
    auto said = co_await read_to_end(process.out(), ready);
    if (said.find(ready) != said.npos) co_return result<void>();
    auto errors = co_await read_to_end(process.err(), "");
    CO_TRY(auto status, co_await process.exit());
    if (auto why = classify(status.code, errors)) co_return *why;
    co_return error(ssh_errc::lost, "the host closed the session: " + status.text());
}

}  // namespace

task<master> master::open(client_config config, endpoint host, pin expected, steady_time deadline) {
    auto executor = co_await asio::this_coro::executor;
    auto where = expected.alias + " at " + host.address;
    CO_TRY(auto pins, known_hosts_file::make(config, expected));
    CO_TRY(auto control_path, control_path_in(config));
    process_spec spec;
    spec.argv = master_arguments(host, expected, pins.path(), control_path);
    spec.argv[0] = config.program;
    CO_TRY(auto process, child::start(executor, spec));
    master opened(std::move(process), std::move(control_path));
    auto login = co_await until(deadline, logged_in(opened.process_));
    if (!login) {
        bool late = login.error().code() == async_errc::timed_out;
        co_return late ? error(ssh_errc::timed_out, where) : login.error().in(where);
    }
    co_return opened;
}

master::~master() {
    if (!control_path_.empty()) ::unlink(control_path_.c_str());
}

task<> master::close() {
    process_.in().close();
    auto ended = co_await until(steady::now() + std::chrono::seconds(2), process_.exit());
    static_cast<void>(ended);
    co_return result<void>();
}

}  // namespace landscaper::ssh
