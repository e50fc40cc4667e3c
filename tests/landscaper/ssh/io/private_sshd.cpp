#include "private_sshd.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <thread>

namespace landscaper::ssh_test {

namespace fs = std::filesystem;

namespace {

fs::path source_folder() {
    return fs::canonical(fs::path(__FILE__)).parent_path();
}
std::string script() {
    return (source_folder() / "private-sshd").string();
}
// <project>/build/cache, which outlives one build folder.
std::string cache() {
    return source_folder().string() + "/../../../../build/cache/ssh-test";
}

std::uint16_t free_port(asio::io_context& io) {
    asio::ip::tcp::acceptor probe(io, {asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

}  // namespace

std::unique_ptr<private_sshd> private_sshd::start() {
    asio::io_context io;
    process_spec spec;
    spec.argv = {script(), "FIND", cache()};
    auto found = run(io, run_process(spec, {}, steady::now() + std::chrono::minutes(2)));
    if (!found || !found->status.is_success()) {
        MESSAGE("skipped: " << (found ? found->out : found.error().message()));
        return nullptr;
    }
    auto program = found->out.substr(0, found->out.find('\n'));
    auto started = std::unique_ptr<private_sshd>(new private_sshd(fs::absolute(program).lexically_normal()));
    started->start_again();
    return started;
}

private_sshd::private_sshd(std::string program) : program_(std::move(program)) {
    std::string pattern = "/tmp/landscaper-sshd-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder());
    config_.runtime_folder = file("run");
    config_.steps_folder = file("steps");
    client_ = run(io_, ssh::make_key_pair(config_, file("keys"), "client_ed25519", "landscaper")).value();
    temporary_ = run(io_, ssh::make_key_pair(config_, folder(), "ssh_host_ed25519_key", "temporary")).value();
    std::ofstream(folder() + "/authorized_keys") << client_.key.text() << "\n";
    port_ = free_port(io_);
}

private_sshd::~private_sshd() {
    process_.reset();
    fs::remove_all(root_);
}

ssh::endpoint private_sshd::host() const {
    ssh::endpoint out;
    out.address = "127.0.0.1";
    out.port = port_;
    out.identity_file = client_.private_key_file;
    return out;
}

ssh::key_pair private_sshd::another_key() {
    return run(io_, ssh::make_key_pair(config_, file("keys"), "another", "another")).value();
}

void private_sshd::stop() {
    process_.reset();
}

void private_sshd::start_again() {
    process_spec spec;
    spec.argv = {"unshare", "-m", script(), "RUN", program_, folder(), std::to_string(port_)};
    process_.emplace(child::start(io_.get_executor(), spec).value());
    wait_until_it_listens();
}

void private_sshd::wait_until_it_listens() {
    for (int i = 0; i < 200; ++i) {
        if (run(io_, ssh::probe("127.0.0.1", port_, std::chrono::seconds(1)))) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    std::ifstream log(folder() + "/log");
    throw std::runtime_error("sshd does not listen: " + std::string(std::istreambuf_iterator<char>(log), {}));
}

}  // namespace landscaper::ssh_test
