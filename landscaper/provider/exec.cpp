#include "landscaper/provider/exec.hpp"

#include <nlohmann/json.hpp>

namespace landscaper::provider {

namespace {

bool is_utf8(const std::string& text) {
    try {
        return !nlohmann::json(text).dump().empty();
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

const nlohmann::json* once_in(const request& r) {
    auto found = r.inputs->find("once");
    return found == r.inputs->end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

result<void> check_once(std::string_view dotted_name, const request& r) {
    const auto* once = once_in(r);
    if (!once) return {};
    auto name = std::string(dotted_name);
    if (!once->is_boolean()) {
        return error(provider_errc::bad_input, name + ": \"once\" must be true or false");
    }
    if (once->get<bool>() && !r.is_stateful) return error(provider_errc::needs_state, name + " with once");
    return {};
}

std::optional<engine::value> kept_by_once(const request& r) {
    const auto* once = once_in(r);
    bool is_once = once && once->is_boolean() && once->get<bool>();
    if (!is_once || !r.previous || !r.previous->outputs->contains("stdout")) return std::nullopt;
    return r.previous->outputs;
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
