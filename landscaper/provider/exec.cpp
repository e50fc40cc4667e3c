#include "landscaper/provider/exec.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/provider/inputs.hpp"

namespace landscaper::provider {

namespace {

bool is_utf8(const std::string& text) {
    try {
        return !nlohmann::json(text).dump().empty();
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

bool is_once(const request& r) {
    const auto* once = given(r.inputs, "once");
    return once && once->get<bool>();
}

}  // namespace

result<void> exec_type::check_request(const request& r) const {
    TRY_VOID(check(r.inputs));
    const auto* once = given(r.inputs, "once");
    if (once && !once->is_boolean()) {
        return error(provider_errc::bad_input, name_ + ": \"once\" must be true or false");
    }
    if (is_once(r) && !r.is_stateful) return error(provider_errc::needs_state, name_ + " with once");
    return {};
}

task<engine::value> exec_type::create(request r) {
    CO_TRY_VOID(check_request(r));
    co_return co_await run(std::move(r));
}

task<engine::value> exec_type::update(request r) {
    CO_TRY_VOID(check_request(r));
    bool is_recorded = r.previous && r.previous->outputs->contains("stdout");
    if (is_once(r) && is_recorded) co_return r.previous->outputs;
    co_return co_await run(std::move(r));
}

task<> exec_type::destroy(request) {
    co_return result<void>();
}

std::vector<operation_info> exec_type::operations() const {
    return {{"run", "Runs the " + what_ + " again, also with `once`, and records what it prints.", {}}};
}

task<operation_outcome> exec_type::operate(request r, std::string, engine::value) {
    CO_TRY(auto outputs, co_await run(std::move(r)));
    co_return operation_outcome{outputs, outputs};
}

result<engine::value> printed_outputs(const std::string& program, std::string printed) {
    if (!is_utf8(printed)) {
        return error(provider_errc::failed, program + ": what it printed is not UTF-8");
    }
    nlohmann::json outputs;
    outputs["stdout"] = std::move(printed);
    return engine::value(std::move(outputs));
}

}  // namespace landscaper::provider
