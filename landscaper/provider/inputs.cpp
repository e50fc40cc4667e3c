#include "landscaper/provider/inputs.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/provider/provider.hpp"
#include "landscaper/provider/types.hpp"

namespace landscaper::provider {

result<void> check_inputs(std::string_view dotted_name, const engine::value& inputs) {
    const auto* type = find_type(dotted_name);
    if (!type) return error(provider_errc::unknown_type, std::string(dotted_name));
    return check_inputs(*type, inputs);
}

const nlohmann::json* given(const engine::value& inputs, const char* input) {
    auto found = inputs->find(input);
    return found == inputs->end() || found->is_null() ? nullptr : &*found;
}

result<std::string> text_of(std::string_view dotted_name, const engine::value& inputs, const char* input) {
    auto found = inputs->find(input);
    if (found != inputs->end() && found->is_string()) return found->get<std::string>();
    return error(provider_errc::bad_input, std::string(dotted_name) + ": \"" + input + "\" must be a string");
}

}  // namespace landscaper::provider
