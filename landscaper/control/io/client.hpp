// The CLI's and the TUI's end of the control socket, by libcurl. Blocking: for programs that do nothing else.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/control/error.hpp"
#include "landscaper/control/snapshot.hpp"

namespace landscaper::control {

class client {
  public:
    explicit client(std::string socket) : socket_(std::move(socket)) {}

    result<snapshot> current() const;
    result<nlohmann::json> get(const std::string& target) const;
    // The answer's sentence.
    result<std::string> post(const std::string& target, const std::string& body = {}) const;
    // The whole answer.
    result<nlohmann::json> post_for_json(const std::string& target, const std::string& body) const;
    // Has serve create (bring about), read or destroy a resource of a host; returns what
    // backend::bring_about() does, `failed` with serve's words, or not_running.
    result<nlohmann::json> bring_about(const std::string& operation, const std::string& type,
                                       const nlohmann::json& inputs,
                                       const std::function<void(const std::string&)>& say) const;
    // Has serve run an operation of a resource's type, "" lists them; as bring_about().
    result<nlohmann::json> run_operation(const std::string& path, const std::string& operation,
                                         const nlohmann::json& arguments,
                                         const std::function<void(const std::string&)>& say,
                                         const std::string& deployment = {}) const;
    // Calls `each` per published snapshot, and `idle` when `input` is readable and at least every 250 ms,
    // until either returns false, or until the connection ends or is silent for 30 s (not_running). `input`
    // -1: none.
    result<void> follow(const std::function<bool(const snapshot&)>& each,
                        const std::function<bool()>& idle = {}, int input = -1) const;

  private:
    result<nlohmann::json> follow_work(const std::string& target, const std::string& body,
                                       const std::function<void(const std::string&)>& say) const;
    std::string socket_;
};

// A name as one segment of a path.
std::string escaped(std::string_view text);

}  // namespace landscaper::control
