// local.state_file: NixOps4's state in the file `name`, byte-compatible with NixOps4's own provider. Holds
// the file's lock only while it reads or appends, as that one does.
#include <nlohmann/json.hpp>

#include "landscaper/async/deadline.hpp"
#include "landscaper/engine/io/state_file.hpp"
#include "landscaper/provider/local/inputs.hpp"
#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

namespace {

using namespace std::chrono_literals;

// Repeats `attempt` while another program holds the lock, which is milliseconds.
template <class Attempt>
auto unlocked(Attempt attempt, request r) -> task<typename std::invoke_result_t<Attempt>::value_type> {
    bool is_said = false;
    for (;;) {
        auto outcome = attempt();
        if (outcome || outcome.error().code() != engine::state_file_errc::locked) co_return outcome;
        if (!is_said) r.working("waits for the lock of the state file");
        is_said = true;
        CO_TRY_VOID(co_await sleep_for(20ms));
    }
}

result<std::string> file_name(const request& r) {
    const auto& inputs = r.previous ? r.previous->inputs : r.inputs;
    TRY_VOID(check("local.state_file", inputs));
    return text_of("local.state_file", inputs, "name");
}

class state_file : public resource_type {
  public:
    task<engine::value> create(request r) override {
        CO_TRY(auto name, file_name(r));
        auto attempt = [name] { return engine::create_state(name); };
        CO_TRY_VOID(co_await unlocked(attempt, r));
        co_return engine::value();
    }

    task<engine::value> read_state(request r) override {
        CO_TRY(auto name, file_name(r));
        auto attempt = [name] { return engine::read_state(name); };
        CO_TRY(auto document, co_await unlocked(attempt, r));
        co_return engine::value(document.raw());
    }

    task<> state_event(request r, std::string event, engine::value patch) override {
        CO_TRY(auto name, file_name(r));
        auto attempt = [name, event, patch] { return engine::append_to_state(name, event, *patch); };
        co_return co_await unlocked(attempt, r);
    }
};

}  // namespace

std::shared_ptr<resource_type> make_state_file() {
    return std::make_shared<state_file>();
}

}  // namespace landscaper::provider::local
