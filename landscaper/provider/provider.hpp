// What a resource type can do: the interface between the engine and everything that touches the world, for
// our own types in this process and for foreign programs alike. Knows no scheduling and no state file.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/engine/progress.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::provider {

enum class provider_errc {
    failed = 1,    // the provider says that it did not work; the context is its message
    try_again,     // the same, and a later attempt may work (network, machine not there)
    unsupported,   // the type has no such operation
    unknown_type,  // no such provider, or no such type in it
    bad_input,     // an input is missing, not known, or of the wrong type
    needs_state,   // the type cannot work without recorded state
    no_answer,     // a provider program ended without answering
    bad_answer,    // a provider program answered something else than the protocol allows
};
const char* describe(provider_errc code);

// What a provider said, where it said something: message() without the code's own words behind it.
std::string words_of(const error& failure);

// Tells the engine how it goes; may be empty only in tests of a provider.
using sink = std::function<void(const engine::progress&)>;

struct request {
    std::string type;                                // the part behind the dot
    engine::value inputs;                            // complete
    std::optional<engine::resource_entry> previous;  // update, read, destroy, state_*: what is recorded
    bool is_stateful = true;
    engine::path at;  // for messages and files only; not sent to foreign programs
    sink say;

    void working(std::string sentence, std::uint64_t done = 0, std::uint64_t total = 0,
                 std::string unit = {}) const;
    // From here on the operation waits for a person and holds no slot, until it says working() again.
    void waits_for_person(std::string sentence) const;
    void log(std::string line) const;
};

// What is really there of a resource. `inputs` are those that can be seen; they may differ from the recorded.
struct reality {
    bool exists = false;
    engine::value inputs;
    engine::value outputs;
};

// What a type can do on request beside create, update, destroy and read: `landscaper run PATH NAME`.
struct operation_info {
    std::string name;
    std::string description;             // one sentence
    std::vector<std::string> arguments;  // that it takes; none has to be given
};
struct operation_outcome {
    engine::value answer;                  // for the person who asked
    std::optional<engine::value> outputs;  // what is recorded from now on; none = as before
};

// One resource type. Operations return the output properties. They run as coroutines on the engine's thread,
// may take days, and end soon with any error when cancelled. An operation may be repeated after a crash.
class resource_type {
  public:
    virtual ~resource_type() = default;
    virtual task<engine::value> create(request r) = 0;
    virtual task<engine::value> update(request r);      // default: unsupported
    virtual task<> destroy(request r);                  // default: unsupported
    virtual task<reality> read(request r);              // default: unsupported; changes nothing
    virtual task<engine::value> read_state(request r);  // default: unsupported; the whole state
    virtual std::vector<operation_info> operations() const { return {}; }
    // One of them, of a resource that exists: `previous` is what is recorded. Default: unsupported.
    virtual task<operation_outcome> operate(request r, std::string name, engine::value arguments);
    virtual task<> state_event(request r, std::string event, engine::value patch);  // default: unsupported
};

// Our types by dotted name ("ssh.keypair"), and foreign programs by a factory. Filled at start-up.
class registry {
  public:
    using foreign_factory = std::function<std::shared_ptr<resource_type>(const engine::provider_ref&)>;

    void add(std::string dotted_name, std::shared_ptr<resource_type> type);
    void set_foreign(foreign_factory make) { foreign_ = std::move(make); }
    // unknown_type, naming what there is, when neither is found.
    result<std::shared_ptr<resource_type>> find(const engine::provider_ref& provider,
                                                const std::string& type) const;
    std::vector<std::string> names() const;

  private:
    std::map<std::string, std::shared_ptr<resource_type>> types_;
    foreign_factory foreign_;
};

}  // namespace landscaper::provider

LANDSCAPER_ERROR_ENUM(landscaper::provider, provider_errc, "provider")
