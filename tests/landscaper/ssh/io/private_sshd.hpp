// A real sshd on loopback for one test, in mount and user tables of its own; gone with the object.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "landscaper/async/process.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::ssh_test {

// Runs one coroutine to its end.
template <class T>
result<T> run(asio::io_context& io, task<T> job);

class private_sshd {
  public:
    // None, with the reason printed, where this machine has no sshd and cannot get one.
    static std::unique_ptr<private_sshd> start();
    ~private_sshd();

    asio::io_context& io() { return io_; }
    const ssh::client_config& config() const { return config_; }
    ssh::endpoint host() const;
    ssh::pin pin() const { return {"px01", temporary_.key}; }
    ssh::host_session session() { return session(pin()); }
    ssh::host_session session(ssh::pin expected) { return {io_.get_executor(), config_, host(), expected}; }
    const ssh::key_pair& temporary() const { return temporary_; }
    ssh::key_pair another_key();
    // Where the host's keys lie.
    std::string folder() const { return (root_ / "etc").string(); }
    std::string file(const std::string& name) const { return (root_ / name).string(); }
    std::string runtime() const { return config_.runtime_folder; }
    void stop();
    void start_again();

  private:
    explicit private_sshd(std::string program);
    void wait_until_it_listens();

    asio::io_context io_;
    std::filesystem::path root_;
    std::string program_;
    std::uint16_t port_ = 0;
    ssh::client_config config_;
    ssh::key_pair client_, temporary_;
    std::optional<child> process_;
};

}  // namespace landscaper::ssh_test

#include <boost/asio/co_spawn.hpp>

template <class T>
landscaper::result<T> landscaper::ssh_test::run(asio::io_context& io, task<T> job) {
    std::optional<result<T>> ended;
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(job), [&](std::exception_ptr failure, result<T> r) {
        thrown = failure;
        ended.emplace(std::move(r));
    });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*ended);
}
