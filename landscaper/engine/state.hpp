// NixOps4's state: a document of nested deployments and resources, and the file of concatenated, indented
// events that makes it (`state_file`). Byte-compatible both ways; reads camelCase as well, writes snake_case.
// Pure: the file is landscaper/engine/io/state_file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::engine {

enum class state_errc {
    not_a_state_file = 1,  // does not begin with an event of index 0
    bad_event,             // an event in the middle that is no event, or whose patch does not fit
    bad_document,          // the replayed document is not a NixOps4 state
};
const char* describe(state_errc code);

// One resource's new entry; none removes it.
struct state_change {
    path at;
    std::optional<resource_entry> entry;
    std::string event = "update";  // create, update, destroy: kept in the event's meta
};

// The document as it is in the file, with all keys of others.
class state_document {
  public:
    state_document();  // without any event yet
    explicit state_document(nlohmann::json raw);
    state_document(const state_document&);
    state_document(state_document&&) noexcept;
    state_document& operator=(state_document);
    ~state_document();

    const nlohmann::json& raw() const { return *raw_; }
    bool is_empty() const;  // no skeleton yet

    std::optional<resource_entry> find(const path& at) const;
    // All resources; an entry that is not one is an error that names its path.
    result<std::map<path, resource_entry>> resources() const;

    // The smallest patch that makes this change: composites that are missing, then the entry or its changed
    // fields; foreign keys of the entry stay. Empty array when nothing changes.
    nlohmann::json patch_for(const state_change& change) const;
    result<void> apply(const nlohmann::json& patch);

  private:
    std::unique_ptr<nlohmann::json> raw_;
};

// The document that the first event makes.
nlohmann::json empty_state();

// One event as it is written, with its final line end. `time` is RFC 3339.
std::string event_text(std::uint64_t index, const std::string& time, const std::string& event,
                       const nlohmann::json& patch);

struct replayed {
    state_document document;
    std::uint64_t events = 0;
    std::uint64_t next_index = 0;   // larger than every index seen
    std::uint64_t valid_bytes = 0;  // where the last whole event (and its line end) stops
    bool is_torn = false;           // bytes after that: an append that a crash cut off
};

// Replays the text of a state file. An empty text is an empty document. A torn tail is reported, not an
// error; anything wrong before the tail is.
result<replayed> replay(std::string_view text);
// Goes on from an earlier replay of the text's first `valid_bytes`.
result<replayed> replay_on(replayed before, std::string_view text);

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, state_errc, "state")
