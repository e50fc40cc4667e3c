// The state file on disk: one writer, flock(2) per read and append as NixOps4 does, one write and fsync per
// append, torn tails cut off with a copy kept. Blocking, milliseconds; never waits for a lock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "landscaper/engine/state_files.hpp"

namespace landscaper::engine {

class state_file {
  public:
    // RFC 3339 time for events.
    using wall_clock = std::function<std::string()>;

    // Opens or creates (0600), takes FILE.lock, repairs a torn tail (what is cut off goes to FILE.torn-N).
    // The first append writes the skeleton.
    static result<state_file> open(const std::string& file, wall_clock now = {});
    state_file(state_file&&) noexcept;
    state_file& operator=(state_file&&) noexcept;
    ~state_file();

    const state_document& document() const;
    std::uint64_t next_index() const;
    const std::string& name() const;
    // What was repaired last, for the log; "" when nothing was.
    const std::string& repaired() const;
    // How often something that others had appended was taken in.
    std::uint64_t foreign_changes() const;

    // All changes as events with one write and one fsync. First takes in what others have appended since;
    // conflict when that touched one of these resources: the next call overwrites it; lost_events when it
    // took something away. After an error nothing counts as written.
    result<void> append(const std::vector<state_change>& changes);

  private:
    struct inner;
    explicit state_file(std::unique_ptr<inner> self);
    std::unique_ptr<inner> self_;
};

// One operation without FILE.lock and without keeping the file open, as NixOps4's own provider works.
result<void> create_state(const std::string& file);  // checks the first event when the file exists
result<state_document> read_state(const std::string& file);
result<void> append_to_state(const std::string& file, const std::string& event, const nlohmann::json& patch);

// The three above, for the `state_file` type.
std::shared_ptr<state_files> state_files_on_disk();

// Now, in UTC, as RFC 3339 with nanoseconds.
std::string rfc3339_now();

}  // namespace landscaper::engine
