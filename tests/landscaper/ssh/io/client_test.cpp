#include "landscaper/ssh/io/client.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "private_sshd.hpp"

using namespace landscaper;
using namespace std::chrono_literals;
using ssh::ssh_errc;
using ssh_test::private_sshd;
using ssh_test::run;
namespace fs = std::filesystem;

namespace {

template <class T>
error_code code_of(const result<T>& r) {
    return r ? error_code() : r.error().code();
}

std::size_t files_in(const std::string& folder) {
    if (!fs::exists(folder)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("commands run under the pinned key, over one connection, and leave no file behind") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    {
        auto session = sshd->session();
        for (int i = 0; i < 3; ++i) {
            auto said =
                run(sshd->io(), session.run("echo $((40 + " + std::to_string(i) + ")); echo no >&2; exit 3"));
            REQUIRE(said.has_value());
            CHECK(said->output == std::to_string(40 + i) + "\n");
            CHECK(said->errors == "no\n");
            CHECK(said->exit_code == 3);
        }
        CHECK(count_of(text_of(sshd->folder() + "/log"), "Accepted publickey") == 1);
        CHECK(files_in(sshd->runtime()) == 1);  // the control socket; no known_hosts file
    }
    CHECK(files_in(sshd->runtime()) == 0);
}

TEST_CASE("stdin carries what must not stand in a command line") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    std::string secret(300000, 'x');
    auto said = run(sshd->io(), session.expect("wc -c", {.input = secret}));
    REQUIRE(said.has_value());
    CHECK(*said == "300000\n");
}

TEST_CASE("a host with another key is an impostor and gets no command") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session({"px01", sshd->another_key().key});
    auto said = run(sshd->io(), session.run("touch " + sshd->file("was-here")));
    CHECK(code_of(said) == ssh_errc::impostor);
    CHECK_FALSE(fs::exists(sshd->file("was-here")));
    CHECK(files_in(sshd->runtime()) == 0);
}

TEST_CASE("a host that does not know our key says so") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    std::ofstream(sshd->folder() + "/authorized_keys") << sshd->another_key().key.text() << "\n";
    auto session = sshd->session();
    CHECK(code_of(run(sshd->io(), session.open())) == ssh_errc::auth_refused);
}

TEST_CASE("a host that is not there yet is not listening") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    sshd->stop();
    auto session = sshd->session();
    CHECK(code_of(run(sshd->io(), session.open())) == ssh_errc::not_listening);
    CHECK(code_of(run(sshd->io(), ssh::probe("127.0.0.1", sshd->host().port, 1s))) ==
          ssh_errc::not_listening);
}

TEST_CASE("a lost master is replaced before a command starts, never while it may run") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    REQUIRE(run(sshd->io(), session.run("true")).has_value());
    // The whole connection dies under the running command.
    auto cut = run(sshd->io(), session.run("echo x >>" + sshd->file("runs") + "; kill -9 $PPID; sleep 5"));
    CHECK(code_of(cut) == ssh_errc::lost);
    CHECK(text_of(sshd->file("runs")) == "x\n");
    auto after = run(sshd->io(), session.expect("echo back"));
    REQUIRE(after.has_value());
    CHECK(*after == "back\n");
}

TEST_CASE("a master that died between two commands costs nothing") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    REQUIRE(run(sshd->io(), session.run("true")).has_value());
    auto now = sshd->file("now");
    auto dies = "(until [ -e " + now + " ]; do sleep 0.02; done; kill -9 $PPID) </dev/null >/dev/null 2>&1 &";
    REQUIRE(run(sshd->io(), session.run(dies)).has_value());
    std::ofstream{now};
    for (auto began = steady::now(); files_in(sshd->runtime()) != 0;) {
        REQUIRE(steady::now() - began < 1min);
        std::this_thread::sleep_for(10ms);
    }
    auto after = run(sshd->io(), session.expect("echo back"));
    REQUIRE(after.has_value());
    CHECK(*after == "back\n");
    CHECK(count_of(text_of(sshd->folder() + "/log"), "Accepted publickey") == 2);
}

TEST_CASE("a script's own status 255 is no lost connection") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    auto said = run(sshd->io(), session.run("exit 255"));
    REQUIRE(said.has_value());
    CHECK(said->exit_code == 254);
}

TEST_CASE("a deadline ends a command that hangs") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    REQUIRE(run(sshd->io(), session.open()).has_value());
    CHECK(code_of(run(sshd->io(), session.run("sleep 60", {.deadline = 300ms}))) == ssh_errc::timed_out);
}

TEST_CASE("a detached step survives the connection and is followed to its end") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    std::string seen;
    ssh::detached_options options;
    options.slice = 500ms;
    options.on_output = [&](std::string_view line) { seen += std::string(line) + "|"; };
    // The second line cuts the connection: the parent of the step's session is long gone, so sshd is found by
    // name.
    auto script = "echo run >>" + sshd->file("runs") +
                  "\necho one\nsleep 0.3\nkill -9 $(pgrep -f 'sshd: root@notty' -P $(cat " + sshd->folder() +
                  "/sshd.pid)) 2>/dev/null\nsleep 1\necho two\nexit 4\n";
    auto said = run(sshd->io(), session.run_detached("1.copy.1", script, options));
    if (!said) MESSAGE(said.error().message());
    REQUIRE(said.has_value());
    CHECK(said->output == "one\ntwo\n");
    CHECK(said->exit_code == 4);
    CHECK(seen == "one|two|");
    CHECK(count_of(text_of(sshd->folder() + "/log"), "Accepted publickey") == 2);
    CHECK(text_of(sshd->file("runs")) == "run\n");
}

// A retry by a person, in simulated time: each look at the silent step comes five minutes after the one
// before.
TEST_CASE("a silent step that is watched again has its whole patience again, and runs on") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    auto gate = sshd->folder() + "/gate", runs = sshd->folder() + "/runs";
    auto script = "echo run >>" + runs + "; until [ -e " + gate + " ]; do sleep 0.05; done; echo late";
    steady_time now{};
    ssh::detached_options options;
    options.slice = 100ms;
    options.quiet = 1h;
    options.clock = [&] { return now += 5min; };
    for (const char* watch : {"first", "again", "once more"}) {
        CAPTURE(watch);
        std::vector<steady::duration> ages;
        options.on_quiet = [&](steady::duration age) { ages.push_back(age); };
        auto said = run(sshd->io(), session.run_detached("x", script, options));
        CHECK(code_of(said) == ssh_errc::stalled);
        REQUIRE(ages.size() == 12);
        CHECK(ages.front() == 5min);
        CHECK(ages.back() == 1h);
    }
    std::ofstream(gate) << "open";
    options.clock = [&] { return now; };
    auto said = run(sshd->io(), session.run_detached("x", script, options));
    REQUIRE(said.has_value());
    CHECK(said->output == "late\n");
    std::ifstream in(runs);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "run\n");
}

TEST_CASE("a step that says nothing is named, and at its deadline stalled but not killed") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto session = sshd->session();
    ssh::detached_options options;
    options.slice = 100ms;
    options.quiet = 500ms;
    int named = 0;
    options.on_quiet = [&](steady::duration) { ++named; };
    auto said = run(sshd->io(), session.run_detached("x", "sleep 1.5; echo late", options));
    CHECK(code_of(said) == ssh_errc::stalled);
    CHECK(named > 0);
    options.quiet = 10s;
    auto again = run(sshd->io(), session.run_detached("x", "sleep 1.5; echo late", options));
    REQUIRE(again.has_value());
    CHECK(again->output == "late\n");
}

TEST_CASE("an old pin is proven refused only by another key's answer") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto other = sshd->another_key();
    auto config = sshd->config();
    CHECK(run(sshd->io(), ssh::is_refused(config, sshd->host(), {"px01", other.key}, 10s)).value());
    CHECK_FALSE(run(sshd->io(), ssh::is_refused(config, sshd->host(), sshd->pin(), 10s)).value());
    sshd->stop();
    auto said = run(sshd->io(), ssh::is_refused(config, sshd->host(), {"px01", other.key}, 10s));
    CHECK(code_of(said) == ssh_errc::not_listening);
}

TEST_CASE("a probe reads the banner without a process") {
    auto sshd = private_sshd::start();
    if (!sshd) return;
    auto banner = run(sshd->io(), ssh::probe("127.0.0.1", sshd->host().port, 2s));
    REQUIRE(banner.has_value());
    CHECK(banner->starts_with("SSH-2.0-OpenSSH"));
}

TEST_CASE("key pairs are private, readable by ssh, and kept once made") {
    std::string pattern = "/tmp/landscaper-keys-XXXXXX";
    std::string folder = ::mkdtemp(pattern.data());
    asio::io_context io;
    auto made = run(io, ssh::have_key_pair({}, folder + "/keys", "client_ed25519", "landscaper"));
    if (!made && made.error().code() == process_errc::not_found) {
        MESSAGE("skipped: no ssh-keygen");
        return;
    }
    REQUIRE(made.has_value());
    struct stat info;
    REQUIRE(::stat(made->private_key_file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(run(io, ssh::have_key_pair({}, folder + "/keys", "client_ed25519", "x"))->key == made->key);
    CHECK(run(io, ssh::make_key_pair({}, folder + "/keys", "client_ed25519", "x"))->key != made->key);
    CHECK(files_in(folder + "/keys") == 2);
    fs::remove_all(folder);
}
