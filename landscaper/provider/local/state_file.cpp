// local.state_file: NixOps4's state in the file `name`, byte-compatible with NixOps4's own provider. Holds
// the file's lock only while it reads or appends, as that one does.
#include <nlohmann/json.hpp>

#include "landscaper/async/deadline.hpp"
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

result<std::string> file_name(const request& r, const std::string& folder) {
    const auto& inputs = r.previous ? r.previous->inputs : r.inputs;
    TRY_VOID(check_inputs("local.state_file", inputs));
    TRY(auto name, text_of("local.state_file", inputs, "name"));
    return name_in(folder, std::move(name));
}

class state_file : public resource_type {
  public:
    state_file(std::shared_ptr<engine::state_files> files, std::string folder)
        : files_(std::move(files)), folder_(std::move(folder)) {}

    task<engine::value> create(request r) override {
        CO_TRY(auto name, file_name(r, folder_));
        auto attempt = [files = files_, name] { return files->create(name); };
        CO_TRY_VOID(co_await unlocked(attempt, r));
        co_return engine::value();
    }

    task<reality> read(request r) override {
        CO_TRY(auto name, file_name(r, folder_));
        auto attempt = [files = files_, name] { return files->read(name); };
        auto document = co_await unlocked(attempt, r);
        reality out;
        out.exists = document.has_value();
        if (!out.exists && document.error().code() != boost::system::errc::no_such_file_or_directory) {
            co_return document.error();
        }
        co_return out;
    }

    task<engine::value> read_state(request r) override {
        CO_TRY(auto name, file_name(r, folder_));
        auto attempt = [files = files_, name] { return files->read(name); };
        CO_TRY(auto document, co_await unlocked(attempt, r));
        co_return engine::value(document.raw());
    }

    task<> state_event(request r, std::string event, engine::value patch) override {
        CO_TRY(auto name, file_name(r, folder_));
        auto attempt = [files = files_, name, event, patch] { return files->append(name, event, *patch); };
        co_return co_await unlocked(attempt, r);
    }

  private:
    std::shared_ptr<engine::state_files> files_;
    std::string folder_;
};

}  // namespace

std::shared_ptr<resource_type> make_state_file(std::shared_ptr<engine::state_files> files,
                                               std::string folder) {
    return std::make_shared<state_file>(std::move(files), std::move(folder));
}

}  // namespace landscaper::provider::local
