// Inside the scheduler: what it knows of one resource, and the judgement what that resource needs next.
#pragma once

#include <functional>

#include "landscaper/engine/scheduler.hpp"

namespace landscaper::engine {

// An attempt that ended badly. It stands as long as the same operation with the same inputs would be due.
struct setback {
    operation op = operation::none;
    value inputs;
    resource_status status = resource_status::failed;  // failed, cancelled or waiting
    std::string sentence;
    std::optional<time_point> retry_at;
};

struct flight {
    start what;
    bool holds_slot = false;
    std::optional<record> to_record;  // finished; being written
    std::optional<time_point> record_again_at;
    duration record_pause = std::chrono::seconds(1);
    time_point heard_at{};  // when it last said something
    duration silence{};     // and how long it may say nothing; 0 = for ever
    bool waits_for_person = false;
    bool is_timed_out = false;  // it said nothing for too long and is being stopped
    bool is_outdated = false;   // it waited for a person, was declared otherwise, and is being stopped
};

// What somebody saw that differs from what is recorded.
struct drift {
    bool is_gone = false;
    std::string sentence;
};

// An optional that takes a pointer's room while it is empty: most resources rest.
template <class T>
class boxed {
  public:
    void emplace(T what) { held_ = std::make_unique<T>(std::move(what)); }
    void reset() { held_.reset(); }
    boxed& operator=(T what) {
        emplace(std::move(what));
        return *this;
    }
    explicit operator bool() const { return held_ != nullptr; }
    bool has_value() const { return held_ != nullptr; }
    T& operator*() { return *held_; }
    const T& operator*() const { return *held_; }
    T* operator->() { return held_.get(); }
    const T* operator->() const { return held_.get(); }

  private:
    std::unique_ptr<T> held_;
};

struct scheduler::node {
    path at;
    const member* wanted = nullptr;  // null = no longer declared
    boxed<flight> in_flight;         // while the provider is at work and until the result is recorded
    std::optional<value> published;  // outputs that others may use
    // Of a stateless resource: what it was last created with, and gave, since the program started.
    std::optional<std::pair<value, value>> applied;
    boxed<setback> held;
    boxed<interrupted> in_doubt;
    unsigned failures = 0;
    bool is_confirmed = false;
    bool is_to_be_destroyed = false;
    bool even_protected = false;
    bool is_to_be_imported = false;
    bool was_read = false;  // asked whether it exists, and it does not
    boxed<engine::drift> drifted;
    bool is_moved_away = false;
    bool is_operated = false;  // a person has something run on it

    resource_status status = resource_status::blocked;
    operation op = operation::none;
    deed last;
    std::string sentence;
    engine::progress progress;
    time_point since{};
    std::vector<path> blocked_on;
    bool needs_confirmation = false;
    value inputs;  // complete, when status is ready
    bool is_dirty = false;
    bool is_shown = false;          // ever judged
    std::uint64_t ready_since = 0;  // place in the queue; 0 = not in it
};

// What is due for a resource that is not in flight.
struct judgement {
    resource_status status = resource_status::blocked;
    operation op = operation::none;
    std::string sentence;
    std::vector<path> blocked_on;
    value inputs;
    std::optional<value> outputs;
    bool needs_confirmation = false;
};

// What others know: published outputs (null when none), and whether a path is declared or recorded at all.
struct surroundings {
    std::function<const value*(const path&)> outputs_of;
    std::function<bool(const path&)> is_declared;
    std::function<std::vector<path>(const path&)> recorded_dependants;
    const resource_entry* entry = nullptr;  // what is recorded of this resource
    time_point now;
};

}  // namespace landscaper::engine
