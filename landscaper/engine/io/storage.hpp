// State file and journal of one deployment, written in batches on a thread of their own: fsync may take
// seconds on a busy disk, and the thread that runs everything else must not wait for it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/engine/io/journal.hpp"
#include "landscaper/engine/io/repairs.hpp"
#include "landscaper/engine/io/state_file.hpp"

namespace landscaper::engine {

class storage {
  public:
    // One turn: first results are recorded, then ends and beginnings journalled.
    struct batch {
        std::vector<state_change> moves;
        std::vector<record> records;
        std::vector<path> ended;
        std::vector<interrupted> started;
        std::optional<repair_times> repairs;  // all, when they have changed: before anything is started
    };
    struct written {
        result<void> moved;
        result<void> recorded;
        result<void> journalled;
        std::optional<std::map<path, resource_entry>> state;  // when another program has changed it
        std::string repaired;                                 // for the log
    };

    // Keeps nothing when `file` is empty. Waits up to a second for another program's lock.
    result<void> open(const std::string& file, state_file::wall_clock now);
    // What was recorded, and what was under way and is not recorded, when it was opened.
    std::map<path, resource_entry> recorded() const;
    std::vector<interrupted> in_doubt() const;
    std::string repaired() const;
    // Kept beside the state file, as FILE.repairs.
    result<repair_times> repairs() const;

    // One at a time. Not cut short by cancellation.
    asio::awaitable<written> write(batch what);

  private:
    written write_now(const batch& what);

    std::string file_;
    std::optional<state_file> state_;
    journal journal_;
    asio::thread_pool thread_{1};
};

}  // namespace landscaper::engine
