// local.memo: remembers the value it was first given, whatever its input becomes later.
#include <nlohmann/json.hpp>

#include "landscaper/provider/local/inputs.hpp"
#include "landscaper/provider/local/types.hpp"

namespace landscaper::provider::local {

namespace {

class memo : public resource_type {
  public:
    task<engine::value> create(request r) override {
        if (!r.is_stateful) co_return error(provider_errc::needs_state, "local.memo");
        CO_TRY_VOID(check_inputs("local.memo", r.inputs));
        nlohmann::json outputs;
        outputs["value"] = r.inputs->at("initialize_with");
        co_return engine::value(std::move(outputs));
    }

    task<engine::value> update(request r) override {
        CO_TRY_VOID(check_inputs("local.memo", r.inputs));
        if (!r.previous || !r.previous->outputs->contains("value")) {
            co_return error(provider_errc::bad_input, "local.memo: there is no previous value");
        }
        co_return r.previous->outputs;
    }

    task<> destroy(request) override { co_return result<void>(); }

    // It is its own record: nobody else can change it.
    task<reality> read(request r) override {
        reality out;
        out.exists = r.previous && r.previous->outputs->contains("value");
        if (out.exists) out.outputs = r.previous->outputs;
        co_return out;
    }
};

}  // namespace

std::shared_ptr<resource_type> make_memo() {
    return std::make_shared<memo>();
}

}  // namespace landscaper::provider::local
