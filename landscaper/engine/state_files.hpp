// NixOps4 state files, one operation at a time: what the `state_file` type needs of a disk, and what a test
// can fake. The real one is landscaper/engine/io/state_file.
#pragma once

#include <string>

#include "landscaper/engine/state.hpp"

namespace landscaper::engine {

enum class state_file_errc {
    locked = 1,   // another program holds the file's flock; try again
    in_use,       // another apply holds FILE.lock for as long as it runs
    conflict,     // a resource that is to be written was changed in the file by another program
    lost_events,  // the file holds fewer events than were read from it: it was replaced, emptied or removed
};
const char* describe(state_file_errc code);

// Each takes and releases the file's lock, as NixOps4's own provider does; `locked` when it is taken.
class state_files {
  public:
    virtual ~state_files() = default;
    // Checks the first event when the file exists.
    virtual result<void> create(const std::string& file) = 0;
    virtual result<state_document> read(const std::string& file) = 0;
    virtual result<void> append(const std::string& file, const std::string& event,
                                const nlohmann::json& patch) = 0;
};

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, state_file_errc, "state_file")
