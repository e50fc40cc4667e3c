// Makes the snapshot that every console shows, at most four times a second and only when something changed.
#pragma once

#include <deque>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/daemon/boot_events.hpp"
#include "landscaper/daemon/deployments.hpp"

namespace landscaper::daemon {

class publisher {
  public:
    publisher(rack_context& rack, hosts& jobs, boot_events& seen, const deployments& all);

    const control::snapshot& current() const { return current_; }
    event& published() { return published_; }

    void changed();
    void log(const std::string& host, const std::string& text);
    void set_problems(std::vector<std::string> problems);
    void add_warning(std::string text);

    // Makes a snapshot now.
    void publish();
    // Publishes until cancelled.
    task<> run();

  private:
    control::snapshot make() const;
    control::host_view view_of(const ledger::host& known) const;
    bool is_anybody_silent() const;
    void add_job(control::host_view& view, const host_job& job) const;
    // `own`: the resources of the rack's own deployment.
    void add_resources(control::snapshot& to, const std::vector<engine::resource_view>& own) const;
    void add_deployments(control::snapshot& to, const std::vector<engine::resource_view>& own) const;
    void add_to_host(control::host_view& host, const engine::resource_view& resource) const;

    rack_context& rack_;
    hosts& jobs_;
    boot_events& seen_;
    const deployments& deployments_;
    control::snapshot current_;
    std::deque<control::log_line> log_;
    std::vector<std::string> problems_, warnings_;
    ledger::unix_ms started_;
    std::uint64_t number_ = 0;
    bool is_dirty_ = true;
    event dirty_, published_;
};

}  // namespace landscaper::daemon
