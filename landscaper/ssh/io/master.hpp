// The one pinned connection to a host that its commands share: an ssh child whose stdin we hold. It ends when
// we close that pipe, or die. Only for client.cpp.
#pragma once

#include <optional>
#include <string>

#include "landscaper/async/process.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::ssh {

// A file with one pin, 0600, in the runtime folder; unlinked when this goes out of scope.
class known_hosts_file {
  public:
    static result<known_hosts_file> make(const client_config& config, const pin& expected);
    known_hosts_file(known_hosts_file&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    known_hosts_file& operator=(known_hosts_file&&) = delete;
    ~known_hosts_file();

    const std::string& path() const { return path_; }

  private:
    explicit known_hosts_file(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

class master {
  public:
    // Connects and logs in; returns when the host has answered. Errors: ssh_errc.
    static task<master> open(client_config config, endpoint host, pin expected, steady_time deadline);
    master(master&&) noexcept = default;
    master& operator=(master&&) noexcept = delete;
    ~master();

    const std::string& control_path() const { return control_path_; }
    // Lets the connection end by itself, for at most 2 s.
    task<> close();

  private:
    master(child process, std::string control_path)
        : process_(std::move(process)), control_path_(std::move(control_path)) {}

    child process_;
    std::string control_path_;
};

}  // namespace landscaper::ssh
